// SPDX-License-Identifier: MIT
// The command line of `siskin cones`.
#pragma once

#include "app/cli/parse_options.hpp"
#include "core/run/cone_detector.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace siskin::cli {

struct ConesRequest {
    std::string data;                    ///< a track, or LiDAR scans of another data set
    std::vector<std::string> frames;     ///< only these ids; empty = all
    std::vector<ObjectModelSpec> models; ///< at least one
    std::filesystem::path out;           ///< empty = only the table
    std::optional<double> tdpWatts;
    ComputeOptions compute;
};

/// Throws `ConfigError` for unknown options (with the nearest one), missing or impossible values.
ConesRequest parseConesOptions(const std::vector<std::string>& arguments);

/// Text of `siskin cones --help`.
std::string conesHelp();

} // namespace siskin::cli
