// SPDX-License-Identifier: MIT
// Which furniture stands where in each kind of room.
#include "datasets/synthetic/rooms/room_objects.hpp"

#include <algorithm>
#include <numbers>

namespace siskin {

namespace {

constexpr double kPi = std::numbers::pi;

RoomWall& anyWall(RoomScene& room, Random& random) {
    return room.walls[static_cast<std::size_t>(random.integer(0, 3))];
}

double yawOf(const Rigid& frame) {
    return std::atan2(frame.rotation[3], frame.rotation[0]);
}

/// Claims the floor that a rectangle in a wall's frame covers.
bool claimAtWall(RoomScene& room, const RoomWall& wall, double middle, double width, double deep) {
    const Vec3d a = wall.frame({middle - width / 2, 0.01, 0});
    const Vec3d b = wall.frame({middle + width / 2, deep, 0});
    return room.claimFloor(
        std::min(a.x, b.x), std::min(a.y, b.y), std::max(a.x, b.x), std::max(a.y, b.y)
    );
}

/// Tries a few walls for something `width` x `deep` with its back to the wall; `add(wall, middle)`.
template <typename Add>
void placeAtWall(RoomScene& room, double width, double deep, Random& random, Add add) {
    for (int i = 0; i < 16; ++i) {
        RoomWall& wall = anyWall(room, random);
        const auto taken = wall.taken;
        const auto middle = room.claimWall(wall, width, 0.02, random);
        if (middle && claimAtWall(room, wall, *middle, width, deep)) {
            add(wall, *middle);
            return;
        }
        wall.taken = taken;
    }
}

void addBookcases(RoomScene& room, int count, Random& random) {
    for (int i = 0; i < count; ++i) {
        const double width = random.uniform(0.6, 1.4);
        placeAtWall(room, width, 0.42, random, [&](const RoomWall& wall, double middle) {
            addBookcase(room, wall, middle, width, random);
        });
    }
}

void addBoards(RoomScene& room, int count, Random& random) {
    for (int i = 0; i < count; ++i) {
        const double width = random.uniform(1.1, 2.2);
        RoomWall& wall = anyWall(room, random);
        if (const auto middle = room.claimWall(wall, width, 0.05, random)) {
            addBoard(room, wall, *middle, width, random);
        }
    }
}

/// A desk at a wall, a chair before it, things on it.
void addWorkplaces(RoomScene& room, int count, Random& random) {
    for (int i = 0; i < count; ++i) {
        const double half = random.uniform(0.55, 0.85);
        const double deep = random.uniform(0.32, 0.42);
        placeAtWall(
            room,
            2 * half,
            2 * deep + 0.75,
            random,
            [&](const RoomWall& wall, double middle) {
                // The desk's own -y is at the wall.
                const Rigid frame = wall.frame * Rigid::at({middle, deep + 0.02, 0});
                const double height = random.uniform(0.68, 0.78);
                addTable(room, frame, half, deep, height, random);
                // Monitors look along the frame's +y.
                addDeskClutter(
                    room,
                    frame * Rigid::at({}, kPi),
                    half,
                    deep,
                    height,
                    random.integer(3, 6),
                    random
                );
                const Vec3d seat =
                    frame({random.uniform(-0.4, 0.4) * half, deep + random.uniform(0.05, 0.35), 0});
                addChair(room, seat, yawOf(frame) - kPi / 2 + random.uniform(-0.7, 0.7), random);
            }
        );
    }
}

/// One large table in the middle with chairs on both long sides.
void addMeetingTable(RoomScene& room, Random& random) {
    const double halfX = room.sizeX * random.uniform(0.22, 0.32);
    const double halfY = random.uniform(0.42, 0.6);
    const Rigid frame = Rigid::at({room.sizeX / 2, room.sizeY / 2, 0}, random.uniform(-0.05, 0.05));
    const Vec3d& middle = frame.translation;
    room.claimFloor(
        middle.x - halfX, middle.y - halfY - 0.4, middle.x + halfX, middle.y + halfY + 0.4
    );
    const double height = random.uniform(0.7, 0.77);
    addTable(room, frame, halfX, halfY, height, random);
    addDeskClutter(room, frame, halfX, halfY * 0.6, height, random.integer(2, 6), random);
    const Random model = random; // the chairs of a meeting room are of one kind
    const int chairs = std::max(2, static_cast<int>(2 * halfX / random.uniform(0.5, 0.65)));
    for (const double side : {-1.0, 1.0}) {
        for (int i = 0; i < chairs; ++i) {
            const double x = halfX * (-0.85 + 1.7 * (i + 0.5) / chairs);
            const double y = side * (halfY + random.uniform(0.0, 0.3));
            Random same = model;
            const double yaw = -side * kPi / 2 + random.uniform(-0.35, 0.35);
            addChair(room, frame({x, y, 0}), yaw, same);
        }
    }
}

void addSeatingGroup(RoomScene& room, Random& random) {
    for (int i = 0; i < random.integer(2, 3); ++i) {
        placeAtWall(room, 2.0, 1.0, random, [&](const RoomWall& wall, double middle) {
            const Vec3d place = wall.frame({middle, 0.55, 0});
            addSofa(room, place, yawOf(wall.frame) + kPi / 2, random);
        });
    }
    if (const auto place = room.findFloor(0.55, random)) {
        const Rigid frame = Rigid::at(*place, random.uniform(0, kPi));
        const double half = random.uniform(0.3, 0.5);
        const double height = random.uniform(0.38, 0.5);
        addTable(room, frame, half, half * 0.7, height, random);
        addDeskClutter(room, frame, half, half * 0.6, height, random.integer(1, 3), random);
    }
}

void addLooseChairs(RoomScene& room, int count, Random& random) {
    for (int i = 0; i < count; ++i) {
        if (const auto place = room.findFloor(0.32, random)) {
            addChair(room, *place, random.uniform(0, 2 * kPi), random);
        }
    }
}

} // namespace

void furnish(RoomScene& room, RoomKind kind, Random& random) {
    switch (kind) {
    case RoomKind::Office:
        addWorkplaces(room, random.integer(3, 4), random);
        addBookcases(room, random.integer(1, 3), random);
        addBoards(room, random.integer(0, 1), random);
        addLooseChairs(room, random.integer(0, 1), random);
        addFloorClutter(room, random.integer(2, 6), random);
        break;
    case RoomKind::ConferenceRoom:
        addMeetingTable(room, random);
        addBoards(room, 2, random);
        addBookcases(room, random.integer(0, 1), random);
        addFloorClutter(room, random.integer(1, 4), random);
        break;
    case RoomKind::Hallway:
        addBoards(room, random.integer(0, 1), random);
        addFloorClutter(room, random.integer(1, 4), random);
        break;
    case RoomKind::Lounge:
        addSeatingGroup(room, random);
        addBookcases(room, random.integer(1, 2), random);
        addLooseChairs(room, random.integer(1, 3), random);
        addFloorClutter(room, random.integer(2, 6), random);
        break;
    }
    addWallClutter(room, random.integer(6, 14), random);
}

} // namespace siskin
