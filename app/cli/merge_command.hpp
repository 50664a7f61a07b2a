// SPDX-License-Identifier: MIT
// `siskin merge`: the parts of an evaluation as one.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

namespace siskin::cli {

/// Returns the exit code. Throws `Error` and what derives from it.
int mergeCommand(const std::vector<std::string>& arguments, const std::stop_token& stop);

} // namespace siskin::cli
