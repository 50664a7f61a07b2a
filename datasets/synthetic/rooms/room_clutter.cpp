// SPDX-License-Identifier: MIT
// What lies, stands and hangs about.
#include "datasets/synthetic/rooms/room_objects.hpp"
#include "datasets/synthetic/shapes/shape_models.hpp"

#include <algorithm>
#include <numbers>

namespace siskin {

namespace {

using Rgb = std::array<double, 3>;

/// Most things are greyish, a few are bright.
Rgb anyColour(Random& random) {
    const double grey = random.uniform(40, 225);
    const double bright = random.chance(0.2) ? 1.0 : random.uniform(0.0, 0.5);
    Rgb colour{};
    for (double& channel : colour) {
        channel = grey + bright * (random.uniform(30, 235) - grey);
    }
    return colour;
}

void addMonitor(RoomScene& room, const Rigid& at, Random& random) {
    const MeshTag body = room.addObject("clutter", varied({40, 40, 42}, 0.3, random));
    const MeshTag screen =
        room.addSurface(body, varied({60, 75, 100}, 0.6, random), Texture::Screen);
    const double half = random.uniform(0.2, 0.3);
    const double tall = half * random.uniform(0.6, 0.75);
    const double z = tall + random.uniform(0.06, 0.14);
    addBox(room.mesh, body, {0, 0, z}, {0.02, half, tall}, at);
    addBox(room.mesh, screen, {0.021, 0, z}, {0.002, half * 0.95, tall * 0.94}, at);
    addBox(room.mesh, body, {-0.02, 0, z / 2}, {0.015, 0.03, z / 2}, at);
    addBox(room.mesh, body, {-0.01, 0, 0.01}, {0.09, 0.12, 0.01}, at);
    if (random.chance(0.8)) {
        const MeshTag keys = room.addSurface(body, varied({60, 60, 62}, 0.5, random));
        addBox(room.mesh, keys, {0.3, 0, 0.012}, {0.07, 0.21, 0.012}, at);
    }
}

/// Something of the shape generators, `size` metres from corner to corner.
void addSmallShape(
    RoomScene& room, Mesh shape, const Rigid& at, double size, const Rgb& colour, double yaw
) {
    const MeshTag tag = room.addObject("clutter", colour);
    auto low = shape.vertices.front();
    auto high = low;
    for (const auto& vertex : shape.vertices) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            low[axis] = std::min(low[axis], vertex[axis]);
            high[axis] = std::max(high[axis], vertex[axis]);
        }
    }
    const double diagonal = std::hypot(high[0] - low[0], high[1] - low[1], high[2] - low[2]);
    const double scale = size / diagonal;
    const Vec3d place = at({0, 0, -scale * static_cast<double>(low[1])});
    addShape(room, shape, 0, tag, tag, place, yaw, scale);
}

void addPaper(RoomScene& room, const Rigid& at, Random& random) {
    const bool stack = random.chance(0.4);
    const Rgb look = random.chance(0.6) ? Rgb{230, 230, 225} : anyColour(random);
    const MeshTag paper = room.addObject("clutter", look);
    const double thick = stack ? random.uniform(0.01, 0.08) : 0.002;
    addBox(room.mesh, paper, {0, 0, thick}, {0.15, 0.105, thick}, at);
}

void addBoxOn(RoomScene& room, const Rigid& at, double size, Random& random) {
    const MeshTag box = room.addObject("clutter", varied({165, 130, 90}, 0.4, random));
    const Vec3d half{
        size * random.uniform(0.4, 1.0),
        size * random.uniform(0.4, 1.0),
        size * random.uniform(0.3, 1.0)};
    addBox(room.mesh, box, {0, 0, half.z}, half, at);
}

void addBin(RoomScene& room, const Rigid& at, Random& random) {
    const MeshTag bin = room.addObject("clutter", varied({70, 75, 80}, 0.5, random));
    const double radius = random.uniform(0.11, 0.17);
    const double tall = random.uniform(0.25, 0.45);
    addTube(room.mesh, bin, at({0, 0, 0}), at({0, 0, tall}), radius * 0.8, radius, 14);
}

/// A potted plant: leaves are flat bits around the stem.
void addPlant(RoomScene& room, const Rigid& at, Random& random) {
    const MeshTag pot = room.addObject("clutter", varied({150, 90, 60}, 0.3, random));
    const MeshTag leaf = room.addSurface(pot, varied({60, 110, 50}, 0.3, random));
    addTube(room.mesh, pot, at({0, 0, 0}), at({0, 0, 0.3}), 0.11, 0.15, 12);
    const double tall = random.uniform(0.5, 1.2);
    for (int i = 0; i < 30; ++i) {
        const Vec3d centre{
            random.gaussian() * 0.12, random.gaussian() * 0.12, 0.3 + tall * random.uniform()};
        const Rigid turn = at * Rigid::at(centre, random.uniform(0, 6.2), random.uniform(-1, 1));
        addBox(room.mesh, leaf, {}, {0.1, 0.03, 0.002}, turn);
    }
}

} // namespace

void addDeskClutter(
    RoomScene& room,
    const Rigid& frame,
    double halfX,
    double halfY,
    double height,
    int count,
    Random& random
) {
    for (int i = 0; i < count; ++i) {
        // Side by side along x, so that nothing stands in anything else.
        const double x = halfX * (-0.9 + 1.8 * (i + random.uniform(0.3, 0.7)) / count);
        const double y = halfY * random.uniform(-0.5, 0.2);
        const double yaw = random.uniform(-0.5, 0.5) - std::numbers::pi / 2;
        const Rigid at = frame * Rigid::at({x, y, height}, yaw);
        const double world = std::atan2(at.rotation[3], at.rotation[0]);
        switch (random.integer(0, 6)) {
        case 0:
        case 1:
            addMonitor(room, at, random);
            break;
        case 2:
            addSmallShape(
                room, makeLaptop(random), at, 0.42, varied({70, 70, 75}, 0.6, random), world
            );
            break;
        case 3:
            addSmallShape(room, makeMug(random), at, 0.15, anyColour(random), world);
            break;
        case 4:
            addBoxOn(room, at, 0.12, random);
            break;
        case 5:
            addSmallShape(room, makeLamp(random), at, 0.5, anyColour(random), world);
            break;
        default:
            addPaper(room, at, random);
        }
    }
}

void addFloorClutter(RoomScene& room, int count, Random& random) {
    for (int i = 0; i < count; ++i) {
        const auto place = room.findFloor(0.2, random);
        if (!place) {
            return;
        }
        const double yaw = random.uniform(0, 6.2);
        const Rigid at = Rigid::at(*place, yaw);
        switch (random.integer(0, 3)) {
        case 0:
            addBoxOn(room, at, 0.22, random);
            break;
        case 1:
            addBin(room, at, random);
            break;
        case 2:
            addPlant(room, at, random);
            break;
        default:
            addSmallShape(room, makeBag(random), at, 0.55, anyColour(random), yaw);
        }
    }
}

void addWallClutter(RoomScene& room, int count, Random& random) {
    for (int i = 0; i < count; ++i) {
        RoomWall& wall = room.walls[static_cast<std::size_t>(random.integer(0, 3))];
        const double half = random.uniform(0.04, 0.3);
        const auto middle = room.claimWall(wall, 2 * half, 0.03, random);
        if (!middle) {
            continue;
        }
        const bool duct = random.chance(0.15); // a cable duct from floor to ceiling
        const double tall = duct ? room.height / 2 : half * random.uniform(0.6, 1.4);
        const double z = duct ? tall : random.uniform(0.9, room.height - tall - 0.1);
        const double wide = duct ? 0.03 : half;
        const double deep = random.uniform(0.004, duct ? 0.03 : 0.06);
        const bool pale = random.chance(0.5);
        const MeshTag thing = room.addObject(
            "clutter", pale ? varied({210, 205, 195}, 0.15, random) : anyColour(random)
        );
        addBox(room.mesh, thing, {*middle, deep, z}, {wide, deep, tall}, wall.frame);
    }
}

} // namespace siskin
