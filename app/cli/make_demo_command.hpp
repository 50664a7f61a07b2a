// SPDX-License-Identifier: MIT
// `siskin make-demo`: the scans of resources/demo, from data sets that `siskin make-dataset` made.
#pragma once

#include <string>
#include <vector>

namespace siskin::cli {

/// Throws `ConfigError` or `DatasetError`. Files that are not asked for stay as they are.
int makeDemoCommand(const std::vector<std::string>& arguments);

} // namespace siskin::cli
