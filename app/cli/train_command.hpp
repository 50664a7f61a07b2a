// SPDX-License-Identifier: MIT
// `siskin train`: learns the weights of a network.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

namespace siskin::cli {

/// Arguments after "train". Returns the exit code; throws `Error`, and `Cancelled` after an
/// interrupt, when everything needed to go on is in the folder.
int trainCommand(const std::vector<std::string>& arguments, const std::stop_token& stop);

} // namespace siskin::cli
