// SPDX-License-Identifier: MIT
// `siskin eval DATA --split S --check PATH`: would the benchmark's server take this submission?
#pragma once

#include "app/cli/progress.hpp"
#include "core/scan/dataset_reader.hpp"

#include <cstddef>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string>

namespace siskin::cli {

struct CheckRequest {
    std::filesystem::path path; ///< folder or zip
    std::string split;          ///< empty = every frame
};

/// Prints a verdict and all findings to standard output. `frames`: indices of the split's frames in
/// `reader`. Returns 0 when the server would take it, else 3 (`ExitCode::BadData`). Throws
/// `DatasetError` when the submission or a scan cannot be read, `ConfigError`, `Cancelled`.
int checkSubmissionCommand(
    const DatasetReader& reader,
    std::span<const std::size_t> frames,
    const CheckRequest& request,
    Progress& progress,
    const std::stop_token& stop
);

} // namespace siskin::cli
