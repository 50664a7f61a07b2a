// SPDX-License-Identifier: MIT
// `siskin cones`: finds the cones of a race track object by object, and scores the networks.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

namespace siskin::cli {

/// Returns the exit code. Throws `Error`.
int conesCommand(const std::vector<std::string>& arguments, const std::stop_token& stop);

} // namespace siskin::cli
