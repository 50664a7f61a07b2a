// SPDX-License-Identifier: MIT
// The command line of `siskin`: picks the command.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

namespace siskin::cli {

/// Returns the exit code; throws `Error`.
int runProgram(const std::vector<std::string>& arguments, const std::stop_token& stop);

/// Text of `siskin --help`.
std::string programHelp();

} // namespace siskin::cli
