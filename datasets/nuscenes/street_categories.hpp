// SPDX-License-Identifier: MIT
// What the things of a made-up street are called in nuScenes.
#pragma once

#include "datasets/synthetic/street/surface.hpp"

#include <cstdint>

namespace siskin {

/// Index into `kNuScenesCategories`. As nuScenes does it: parking and lane markings are driveable
/// surface, a rider belongs to the bicycle or motorcycle, trunks are vegetation, and poles, signs,
/// fences and walls are manmade.
std::uint8_t nuScenesCategory(StreetKind kind);

} // namespace siskin
