// SPDX-License-Identifier: MIT
// What a scanner that stood in a few places saw of a made-up room.
#pragma once

#include "datasets/synthetic/rooms/room_scene.hpp"

#include <cstdint>
#include <stop_token>
#include <vector>

namespace siskin {

struct RoomPoint {
    Vec3d position; ///< metres, the room's frame
    std::array<std::uint8_t, 3> colour{};
    MeshTag surface = 0; ///< index into the scene's surfaces
};

/// S3DIS's points come from meshes of depth pictures: evenly dense wherever one of the cameras
/// looked. So points are drawn evenly over all surfaces and those are kept that a scanner position
/// sees (cast by `RayCaster`), with some millimetres of noise; panes of glass are mostly lost.
/// At most `mostPoints` are drawn. The same for a seed on any number of threads.
/// Throws `Cancelled`.
std::vector<RoomPoint> scanRoom(
    const RoomScene& room,
    std::uint64_t seed,
    std::size_t mostPoints,
    const std::stop_token& stop = {}
);

} // namespace siskin
