// SPDX-License-Identifier: MIT
// The command line of `siskin run`.
#pragma once

#include "app/cli/model_argument.hpp"
#include "core/run/batch.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace siskin::cli {

inline constexpr std::string_view kPaperPreset = "pvcnn-paper";

struct RunRequest {
    std::vector<std::string> scans;      ///< files, folders or "demo:street"
    std::vector<std::string> frames;     ///< only these ids; empty = all
    int sweeps = 0;                      ///< scans before each frame that are merged into it
    int votes = 1;                       ///< per point of a shape
    std::optional<std::size_t> category; ///< what the scans show, index into `kShapeCategories`
    std::vector<ModelArgument> models;
    std::string preset;                  ///< `kPaperPreset`, or empty: `models` says what runs
    std::filesystem::path weightsFolder; ///< of the preset; empty = resources/demo
    std::string device = "cpu";
    bool fallback = false; ///< go on on the processor where the device fails
    int threads = 0;       ///< 0 = all processors this process may use
    std::string region = "WORLD";
    std::optional<double> tdpWatts;
    std::string classMap; ///< name in resources/classmaps, or a file; empty = the usual one
    int repeat = 1;
    Precision precision = Precision::Float32; ///< of the models that name none themselves
    ParallelMode parallel = ParallelMode::Auto;
    std::filesystem::path out; ///< empty = write no predictions and no run.json
    bool png = false;
    std::filesystem::path pngFile; ///< empty = comparison.png in `out` (or here)
    std::filesystem::path htmlFile;
    std::string jsonFile; ///< "-" = standard output, instead of the table
    bool layers = false;
    bool quiet = false;
    bool help = false;
};

/// Throws `ConfigError` for unknown options (with the nearest one), missing or contradictory
/// values.
RunRequest parseRunOptions(const std::vector<std::string>& arguments);

/// Text of `siskin run --help`.
std::string runHelp();

} // namespace siskin::cli
