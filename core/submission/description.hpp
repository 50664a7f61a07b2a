// SPDX-License-Identifier: MIT
// nuScenes's SPLIT/submission.json, which says what a submission was made from.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace siskin {

/// For networks that saw the LiDAR alone.
std::string lidarOnlyDescription();

/// What the server would refuse, e.g. "lacks \"use_map\""; empty when it is right.
std::vector<std::string> problemsOfDescription(std::span<const std::byte> content);

} // namespace siskin
