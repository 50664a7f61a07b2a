// SPDX-License-Identifier: MIT
// `siskin compare`: two evaluations against each other, with gates for continuous integration.
#pragma once

#include <string>
#include <vector>

namespace siskin::cli {

std::string compareHelp();

/// Exit code 0, or 5 when a gate tripped. Throws `ConfigError` and `DatasetError`.
int compareCommand(const std::vector<std::string>& arguments);

} // namespace siskin::cli
