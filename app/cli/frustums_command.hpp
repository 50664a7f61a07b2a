// SPDX-License-Identifier: MIT
// `siskin frustums`: boxes in space from 2D detections and LiDAR scans.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

namespace siskin::cli {

/// Returns an exit code. Throws what reading, loading and writing throw.
int frustumsCommand(const std::vector<std::string>& arguments, const std::stop_token& stop);

} // namespace siskin::cli
