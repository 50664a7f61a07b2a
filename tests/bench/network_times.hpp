// SPDX-License-Identifier: MIT
#pragma once

#include "core/run/pipeline.hpp"
#include "tests/bench/layer_baselines.hpp"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace siskin::bench {

struct LayerTime {
    Span span;                 ///< of the last run: rows, channels, pairs, MACs
    double milliseconds = 0.0; ///< median
    std::optional<BaselineTimes> elsewhere;
};

struct NetworkTimes {
    std::string name; ///< as asked for, e.g. "minkunet:0.5"
    /// Median milliseconds of "read", "voxelise", "maps", "network", "points", "total", and of
    /// "convolutions": all convolutions and linear layers.
    std::map<std::string, double> stages;
    double p95 = 0.0;           ///< of the total
    double sgemm = 0.0;         ///< GFLOP/s of the machine's own SGEMM, median of one per timed run
    std::int64_t macs = 0;      ///< needed multiply-accumulates of the frame
    double peakMegabytes = 0.0; ///< largest resident set above that before the network was loaded
    std::vector<LayerTime> layers;
    std::vector<ClassId> labels; ///< of the last run
};

/// `name` is KIND:WIDTH[:PRECISION]. The SGEMM rate is measured right before and after, so that
/// both meet the same weather on a shared machine. Throws `ConfigError` for anything else.
NetworkTimes timeNetwork(const std::string& name, const std::string& scan, int warmUps, int runs);

/// Times every convolution of `times` through the other kernels as well.
void addBaselines(NetworkTimes& times, const std::string& scan, int runs);

/// For every network that was run in float32 and in another precision: time saved, labels kept.
void printAgreement(const std::vector<NetworkTimes>& all);

nlohmann::json toJson(const NetworkTimes& times);

} // namespace siskin::bench
