// SPDX-License-Identifier: MIT
// The command line of `siskin frustums`.
#pragma once

#include "app/cli/parse_options.hpp"
#include "core/run/frustum_detector.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace siskin::cli {

struct FrustumsRequest {
    std::filesystem::path data;
    std::filesystem::path boxes;     ///< folder of 2D boxes; empty = label_2
    std::vector<std::string> frames; ///< only these ids; empty = all
    FrustumModelSpec model;
    std::filesystem::path out;
    std::uint64_t seed = 1;
    ComputeOptions compute;
};

/// Throws `ConfigError` for unknown options (with the nearest one), missing or impossible values.
FrustumsRequest parseFrustumsOptions(const std::vector<std::string>& arguments);

/// Text of `siskin frustums --help`.
std::string frustumsHelp();

} // namespace siskin::cli
