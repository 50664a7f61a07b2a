// SPDX-License-Identifier: MIT
// From clusters of points to what object networks take.
#pragma once

#include "core/models/object_network.hpp"
#include "core/objects/object_cloud.hpp"

namespace siskin {

/// Points that a network sees of each object.
inline constexpr std::size_t kObjectPoints = 64;

/// Network input (B, kObjectChannels, kObjectPoints), channels-last: of larger clusters every n-th
/// point, of smaller ones all, over and over. Clouds must not be empty.
torch::Tensor objectInput(std::span<const ObjectCloud> clouds);

} // namespace siskin
