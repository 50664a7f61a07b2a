// SPDX-License-Identifier: MIT
// `siskin eval`: a whole data set, scored as its benchmark scores it.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

namespace siskin::cli {

/// Returns the exit code. Throws `Error` and what derives from it.
int evalCommand(const std::vector<std::string>& arguments, const std::stop_token& stop);

} // namespace siskin::cli
