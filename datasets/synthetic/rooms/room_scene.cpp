// SPDX-License-Identifier: MIT
#include "datasets/synthetic/rooms/room_scene.hpp"

#include "datasets/s3dis/classes.hpp"

#include <algorithm>
#include <numbers>

namespace siskin {

namespace {

constexpr int kTries = 40;

bool overlap(double lowA, double highA, double lowB, double highB) {
    return lowA < highB && lowB < highA;
}

/// Scanner positions: free places about 1.4 m high.
void placeScanners(RoomScene& room, Random& random) {
    const int count = std::max(2, static_cast<int>(room.sizeX * room.sizeY / 4.0));
    for (int i = 0; i < std::min(count, 6); ++i) {
        const auto place = room.findFloor(0.25, random);
        const Vec3d fallback{
            room.sizeX * random.uniform(0.3, 0.7), room.sizeY * random.uniform(0.3, 0.7), 0};
        const Vec3d at = place.value_or(fallback);
        room.scanners.push_back({at.x, at.y, random.uniform(1.3, 1.6)});
    }
}

} // namespace

RoomScene::RoomScene(double x, double y, double z) : sizeX(x), sizeY(y), height(z) {
    const double quarter = std::numbers::pi / 2;
    walls = {
        {Rigid::at({0, 0, 0}, 0), x, {}},
        {Rigid::at({x, 0, 0}, quarter), y, {}},
        {Rigid::at({x, y, 0}, 2 * quarter), x, {}},
        {Rigid::at({0, y, 0}, 3 * quarter), y, {}}};
}

MeshTag RoomScene::addObject(
    std::string_view className, const std::array<double, 3>& colour, Texture texture
) {
    surfaces.push_back({indoorClassOf(className), objects_++, colour, texture});
    return static_cast<MeshTag>(surfaces.size() - 1);
}

MeshTag RoomScene::addSurface(MeshTag tag, const std::array<double, 3>& colour, Texture texture) {
    const RoomSurface first = surfaces[tag];
    surfaces.push_back({first.classId, first.object, colour, texture});
    return static_cast<MeshTag>(surfaces.size() - 1);
}

std::optional<double>
RoomScene::claimWall(RoomWall& wall, double width, double margin, Random& random) {
    const double reach = width / 2 + margin;
    for (int i = 0; i < kTries && wall.length > 2 * reach; ++i) {
        const double middle = random.uniform(reach, wall.length - reach);
        const bool free = std::none_of(wall.taken.begin(), wall.taken.end(), [&](const auto& one) {
            return overlap(middle - reach, middle + reach, one[0], one[1]);
        });
        if (free) {
            wall.taken.push_back({middle - width / 2, middle + width / 2});
            return middle;
        }
    }
    return std::nullopt;
}

bool RoomScene::claimFloor(double lowX, double lowY, double highX, double highY) {
    if (lowX < 0.0 || lowY < 0.0 || highX > sizeX || highY > sizeY) {
        return false;
    }
    const bool free = std::none_of(taken_.begin(), taken_.end(), [&](const auto& one) {
        return overlap(lowX, highX, one[0], one[2]) && overlap(lowY, highY, one[1], one[3]);
    });
    if (free) {
        taken_.push_back({lowX, lowY, highX, highY});
    }
    return free;
}

std::optional<Vec3d> RoomScene::findFloor(double radius, Random& random) {
    for (int i = 0; i < kTries; ++i) {
        const double x = random.uniform(radius, sizeX - radius);
        const double y = random.uniform(radius, sizeY - radius);
        if (claimFloor(x - radius, y - radius, x + radius, y + radius)) {
            return Vec3d{x, y, 0};
        }
    }
    return std::nullopt;
}

std::array<double, 3> varied(const std::array<double, 3>& colour, double share, Random& random) {
    const double all = 1.0 + random.uniform(-share, share);
    std::array<double, 3> result{};
    for (std::size_t i = 0; i < 3; ++i) {
        const double own = 1.0 + 0.4 * random.uniform(-share, share);
        result[i] = std::clamp(colour[i] * all * own, 8.0, 250.0);
    }
    return result;
}

std::string_view nameOf(RoomKind kind) {
    switch (kind) {
    case RoomKind::Office:
        return "office";
    case RoomKind::ConferenceRoom:
        return "conferenceRoom";
    case RoomKind::Hallway:
        return "hallway";
    case RoomKind::Lounge:
        break;
    }
    return "lounge";
}

RoomScene makeRoom(RoomKind kind, Random& random) {
    const double height = random.uniform(2.4, 3.0);
    const bool hall = kind == RoomKind::Hallway;
    const double sizeX = hall ? random.uniform(4.0, 7.0) : random.uniform(3.4, 5.0);
    const double sizeY = hall ? random.uniform(1.6, 2.3) : random.uniform(3.2, 4.4);
    RoomScene room(sizeX, sizeY, height);
    addShell(room, kind, random);
    furnish(room, kind, random);
    placeScanners(room, random);
    return room;
}

} // namespace siskin
