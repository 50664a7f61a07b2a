// SPDX-License-Identifier: MIT
// siskin make-dataset: made-up data in the layouts of real data sets.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

namespace siskin::cli {

/// Returns the exit code. Throws `ConfigError`, `DatasetError`, `Cancelled`.
int makeDatasetCommand(const std::vector<std::string>& arguments, const std::stop_token& stop);

} // namespace siskin::cli
