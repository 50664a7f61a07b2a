// SPDX-License-Identifier: MIT
// `siskin prepare`: a data set in the form that published training programs read.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

namespace siskin::cli {

/// Runs `siskin prepare s3dis ROOT --out DIR [--seed N]`; returns the exit code. Throws siskin's
/// errors.
int prepareCommand(const std::vector<std::string>& arguments, const std::stop_token& stop);

} // namespace siskin::cli
