// SPDX-License-Identifier: MIT
// `siskin run`: networks on scans.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

namespace siskin::cli {

/// `arguments` are those after "run". Returns the exit code; throws `Error`, among them `Cancelled`
/// when `stop` was requested, after writing what is complete.
int runCommand(const std::vector<std::string>& arguments, const std::stop_token& stop);

} // namespace siskin::cli
