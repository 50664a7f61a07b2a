// SPDX-License-Identifier: MIT
// The command line of `siskin train`.
#pragma once

#include "core/models/model_kind.hpp"
#include "core/models/object_network_kind.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace siskin::cli {

/// The argument of --data: PATH or PATH*SHARE.
struct DataArgument {
    std::string path;
    double share = 0.0; ///< 0 = by the number of frames
};

struct TrainRequest {
    std::vector<DataArgument> data;
    std::string validation; ///< empty = none
    ModelKind model = ModelKind::Spvcnn;
    std::optional<ObjectNetworkKind> cones; ///< a network for cones instead of `model`
    double width = 0.25;
    std::filesystem::path config; ///< net.config of an SPVNAS network
    std::filesystem::path init;   ///< weights to start from
    std::string classMap;         ///< name or file; empty = the usual one of the data
    double voxelSize = 0.1;       ///< metres; LiDAR scans
    std::filesystem::path out;
    bool resume = false; ///< go on in `out`
    double epochs = 20.0;
    std::int64_t steps = 0; ///< instead of epochs, when not 0
    std::int64_t batch = 0; ///< samples per step, filled in
    std::string optimiser = "adamw";
    std::optional<double> learningRate; ///< empty = usual for the optimiser
    std::optional<double> weightDecay;
    double momentum = 0.9;
    std::optional<std::int64_t> warmup; ///< steps; empty = a twentieth of all, 500 at most
    double clip = 10.0;                 ///< 0 = none
    double average = 0.99;              ///< 0 = none
    std::string classWeights;           ///< empty = usual for the task
    double labelSmoothing = 0.0;
    std::string augmentation; ///< empty = usual for the task
    std::int64_t maxVoxels = 80'000;
    std::int64_t points = 0; ///< of a cloud; 0 = as the network reads them
    std::uint64_t seed = 1;
    int threads = 0; ///< 0 = all processors this process may use
    std::string device = "cpu";
    bool storeHalf = false;
    std::int64_t logEvery = 20;
    std::int64_t validateEvery = 1; ///< epochs
    bool quiet = false;
    bool help = false;
    std::vector<std::string> arguments; ///< as given, for a later --resume
};

/// Throws `ConfigError` for unknown options (with the nearest one), missing, impossible or
/// contradictory values. With --resume only the folder, threads and quiet are filled in.
TrainRequest parseTrainOptions(const std::vector<std::string>& arguments);

/// Text of `siskin train --help`.
std::string trainHelp();

} // namespace siskin::cli
