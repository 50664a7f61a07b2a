// SPDX-License-Identifier: MIT
// `siskin verify`: does a device compute what it should?
#pragma once

#include <stop_token>
#include <string>
#include <vector>

namespace siskin::cli {

/// Runs a network on one scan, repeating every layer in float64 on the processor, and once more in
/// fp32 on the processor for the labels. 0 when all layers are within their limits, 5 when not.
/// Throws what the other commands throw.
int verifyCommand(const std::vector<std::string>& arguments, const std::stop_token& stop);

} // namespace siskin::cli
