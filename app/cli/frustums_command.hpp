// SPDX-License-Identifier: MIT
// `siskin frustums`: boxes in space from 2D detections and LiDAR scans.
#pragma once

#include "core/run/frustum_detector.hpp"

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace siskin::cli {

struct FrustumsRequest {
    std::filesystem::path data;
    std::filesystem::path boxes;     ///< folder of 2D boxes; empty = label_2
    std::vector<std::string> frames; ///< only these ids; empty = all
    FrustumModelSpec model;
    std::filesystem::path out;
    std::string device = "cpu";
    int threads = 0; ///< 0 = all processors this process may use
    std::uint64_t seed = 1;
    bool quiet = false;
    bool help = false;
};

/// Throws `ConfigError` for unknown options (with the nearest one), missing or impossible values.
FrustumsRequest parseFrustumsOptions(const std::vector<std::string>& arguments);

/// Returns an exit code. Throws what reading, loading and writing throw.
int frustumsCommand(const std::vector<std::string>& arguments, const std::stop_token& stop);

} // namespace siskin::cli
