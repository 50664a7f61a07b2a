// SPDX-License-Identifier: MIT
// Single pieces of furniture and clutter. Each adds one object to the room and claims no floor.
#pragma once

#include "datasets/synthetic/rooms/room_scene.hpp"

namespace siskin {

/// A body of the shape generators (+y up), stood on `place` (its floor point) and turned by `yaw`.
/// Its part `main` gets `tag`; every other part looks like `trim`.
void addShape(
    RoomScene& room,
    const Mesh& shape,
    MeshTag main,
    MeshTag tag,
    MeshTag trim,
    const Vec3d& place,
    double yaw,
    double scale = 1.0
);

/// `yaw`: where the sitter looks.
void addChair(RoomScene& room, const Vec3d& place, double yaw, Random& random);
void addSofa(RoomScene& room, const Vec3d& place, double yaw, Random& random);

/// A rectangular table of half sizes x, y in its own frame, legs included.
void addTable(
    RoomScene& room, const Rigid& frame, double halfX, double halfY, double height, Random& random
);

/// In the frame of a wall, its back at y = 0, centred on x = `middle`.
void addBookcase(
    RoomScene& room, const RoomWall& wall, double middle, double width, Random& random
);
void addBoard(RoomScene& room, const RoomWall& wall, double middle, double width, Random& random);

/// Monitors, keyboards, laptops, mugs, paper, lamps on a table top (half sizes, height), in its
/// frame; `count` things.
void addDeskClutter(
    RoomScene& room,
    const Rigid& frame,
    double halfX,
    double halfY,
    double height,
    int count,
    Random& random
);
/// Boxes, bins, bags on the floor where it is free.
void addFloorClutter(RoomScene& room, int count, Random& random);
/// Switches, papers, clocks, cable ducts, shelves of things on the walls.
void addWallClutter(RoomScene& room, int count, Random& random);

} // namespace siskin
