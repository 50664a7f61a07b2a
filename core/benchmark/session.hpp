// SPDX-License-Identifier: MIT
// One process that worked on an evaluation; resuming and sharding make several.
#pragma once

#include "core/benchmark/plan.hpp"

#include <cstdint>
#include <string>

namespace siskin {

struct EvaluationSession {
    std::string host;
    std::string device;   ///< e.g. "cpu (AVX-512, 2 threads)"
    std::string started;  ///< UTC, ISO 8601
    double seconds = 0.0; ///< wall clock, from the first read to the last result
    std::size_t frames = 0;
    double busyShare = 0.0; ///< of the compute threads' time spent computing, 0..1
    std::int64_t peakMemoryBytes = 0;
    std::string parallel; ///< how frames ran, see `describe(BatchPlan)`
    int warmUpRuns = 0;   ///< of every model on the session's first frame, before anything counts
    Shard shard;
    bool complete =
        false; ///< false when it was interrupted or killed: the figures are the last known
};

} // namespace siskin
