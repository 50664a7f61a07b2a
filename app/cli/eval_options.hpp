// SPDX-License-Identifier: MIT
// The command line of `siskin eval`.
#pragma once

#include "app/cli/model_argument.hpp"
#include "core/benchmark/plan.hpp"
#include "core/run/batch.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace siskin::cli {

struct EvalRequest {
    std::string data;                ///< folder, file or "demo:street"
    std::string split;               ///< empty = every frame
    std::vector<std::string> frames; ///< only these ids; empty = all
    std::size_t earlierScans = 0;
    std::string classMap; ///< name in resources/classmaps, or a file; empty = the usual one
    std::vector<ModelArgument> models;
    std::filesystem::path out;
    Shard shard;
    bool shardFromSlurm = false;
    bool submission = false;
    std::filesystem::path check; ///< a submission to check in place of evaluating
    bool fresh = false;
    bool stopOnError = false;
    int warmUpRuns = 1;
    int votes = kProtocolVotes; ///< per point of a shape
    std::string device = "cpu";
    int threads = 0; ///< 0 = all processors this process may use
    Precision precision = Precision::Float32;
    ParallelMode parallel = ParallelMode::Auto;
    std::string region = "WORLD";
    std::optional<double> tdpWatts;
    bool quiet = false;
    bool help = false;
};

/// Throws `ConfigError` for unknown options (with the nearest one), missing or contradictory
/// values.
EvalRequest parseEvalOptions(const std::vector<std::string>& arguments);

/// "3/16". Throws `ConfigError` unless 1 <= i <= n.
Shard parseShard(const std::string& text);

/// The shard of this task in a Slurm array job (SLURM_ARRAY_TASK_ID, _COUNT, _MIN, _STEP), empty
/// outside of one. Throws `ConfigError` when the variables contradict one another.
std::optional<Shard> slurmShard();

/// Text of `siskin eval --help`.
std::string evalHelp();

} // namespace siskin::cli
