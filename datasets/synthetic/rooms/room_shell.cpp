// SPDX-License-Identifier: MIT
// Floor, ceiling, walls with doors and windows, beams, columns and lamps.
#include "datasets/synthetic/rooms/room_scene.hpp"

#include <algorithm>

namespace siskin {

namespace {

using Rgb = std::array<double, 3>;

/// A hole in a wall, along it and upwards.
struct Opening {
    double from, to, low, high;
};

/// The wall's plane without its holes, which do not overlap.
void addWallPlane(
    Mesh& mesh, MeshTag tag, const RoomWall& wall, double height, std::vector<Opening> openings
) {
    std::sort(openings.begin(), openings.end(), [](const Opening& a, const Opening& b) {
        return a.from < b.from;
    });
    const auto piece = [&](double from, double to, double low, double high) {
        if (to > from && high > low) {
            const auto at = [&](double u, double v) { return wall.frame({u, 0, v}); };
            addQuad(mesh, tag, at(to, low), at(from, low), at(from, high), at(to, high));
        }
    };
    double done = 0.0;
    for (const Opening& hole : openings) {
        piece(done, hole.from, 0, height);
        piece(hole.from, hole.to, 0, hole.low);
        piece(hole.from, hole.to, hole.high, height);
        done = hole.to;
    }
    piece(done, wall.length, 0, height);
}

/// Four boards around a hole, `deep` into the wall and a little out of it.
void addFrame(
    Mesh& mesh, MeshTag tag, const RoomWall& wall, const Opening& hole, double deep, double wide
) {
    const double out = 0.012;
    const double middle = (out - deep) / 2;
    const double half = (out + deep) / 2;
    const double centre = (hole.from + hole.to) / 2;
    const double width = (hole.to - hole.from) / 2;
    const double tall = (hole.high - hole.low) / 2;
    for (const double u : {hole.from, hole.to}) {
        addBox(
            mesh, tag, {u, middle, hole.low + tall}, {wide / 2, half, tall + wide / 2}, wall.frame
        );
    }
    addBox(mesh, tag, {centre, middle, hole.high}, {width, half, wide / 2}, wall.frame);
    if (hole.low > 0.0) {
        addBox(mesh, tag, {centre, middle, hole.low}, {width, half + 0.04, wide / 2}, wall.frame);
    }
}

void addDoor(RoomScene& room, const RoomWall& wall, const Opening& hole, Random& random) {
    const std::array<Rgb, 4> kLooks = {
        {{150, 105, 60}, {120, 85, 55}, {200, 200, 195}, {110, 120, 105}}};
    const auto& look = kLooks[static_cast<std::size_t>(random.integer(0, 3))];
    const bool wood = &look < &kLooks[2];
    const MeshTag leaf =
        room.addObject("door", varied(look, 0.15, random), wood ? Texture::Wood : Texture::Plain);
    const MeshTag frame = room.addSurface(leaf, varied({110, 115, 105}, 0.4, random));
    const MeshTag metal = room.addSurface(leaf, {150, 150, 150});
    const double deep = random.uniform(0.03, 0.12);
    addFrame(room.mesh, frame, wall, hole, deep + 0.04, 0.07);
    const double half = (hole.to - hole.from) / 2;
    const double tall = hole.high / 2;
    const bool ajar = random.chance(0.2);
    const double swing = ajar ? random.uniform(0.6, 1.4) : 0.0;
    const Rigid hinge = wall.frame * Rigid::at({hole.from, -deep, 0}, swing);
    addBox(room.mesh, leaf, {half, -0.02, tall}, {half - 0.01, 0.02, tall - 0.01}, hinge);
    addBox(room.mesh, metal, {2 * half - 0.1, 0.04, 1.02}, {0.06, 0.01, 0.01}, hinge);
    addBox(room.mesh, metal, {2 * half - 0.06, 0.01, 1.02}, {0.02, 0.015, 0.08}, hinge);
    if (random.chance(0.3)) {
        const MeshTag pane = room.addSurface(leaf, {70, 85, 90}, Texture::Glass);
        addBox(room.mesh, pane, {half, -0.02, 1.6}, {half * 0.3, 0.022, 0.25}, hinge);
    }
    if (ajar) { // what is seen of the next room: a wall that closes it
        const MeshTag beyond = room.addObject("wall", {160, 155, 140});
        addBox(
            room.mesh,
            beyond,
            {(hole.from + hole.to) / 2, -0.8, tall + 0.2},
            {half + 0.5, 0.02, tall + 0.2},
            wall.frame
        );
    }
}

void addWindow(RoomScene& room, const RoomWall& wall, const Opening& hole, Random& random) {
    const MeshTag frame = room.addObject("window", varied({215, 215, 210}, 0.2, random));
    const MeshTag pane = room.addSurface(frame, {150, 185, 205}, Texture::Glass);
    const double deep = random.uniform(0.08, 0.2);
    addFrame(room.mesh, frame, wall, hole, deep, 0.06);
    const double centre = (hole.from + hole.to) / 2;
    const double width = (hole.to - hole.from) / 2;
    const double middle = (hole.low + hole.high) / 2;
    const double tall = (hole.high - hole.low) / 2;
    addBox(room.mesh, pane, {centre, -deep, middle}, {width, 0.005, tall}, wall.frame);
    const int bars = random.integer(1, 3);
    for (int i = 1; i < bars; ++i) {
        const double u = hole.from + 2 * width * i / bars;
        addBox(room.mesh, frame, {u, -deep + 0.01, middle}, {0.025, 0.025, tall}, wall.frame);
    }
    if (random.chance(0.5)) { // a blind, let down part of the way
        const MeshTag blind = room.addSurface(frame, varied({190, 185, 165}, 0.15, random));
        const int slats = static_cast<int>(random.uniform(0.2, 0.9) * 2 * tall / 0.06);
        for (int i = 0; i < slats; ++i) {
            const double z = hole.high - 0.05 - 0.06 * i;
            addBox(room.mesh, blind, {centre, -0.02, z}, {width - 0.04, 0.012, 0.022}, wall.frame);
        }
    }
}

/// A board along the foot of the wall, except at its doors.
void addSkirting(
    RoomScene& room,
    const RoomWall& wall,
    MeshTag tag,
    std::vector<Opening> openings,
    Random& random
) {
    const MeshTag skirting = room.addSurface(tag, varied({110, 100, 85}, 0.3, random));
    std::erase_if(openings, [](const Opening& hole) { return hole.low > 0.0; });
    std::sort(openings.begin(), openings.end(), [](const Opening& a, const Opening& b) {
        return a.from < b.from;
    });
    openings.push_back({wall.length, wall.length, 0, 0});
    double done = 0.0;
    for (const Opening& hole : openings) {
        const Vec3d centre{(done + hole.from) / 2, 0.005, 0.05};
        addBox(room.mesh, skirting, centre, {(hole.from - done) / 2, 0.008, 0.05}, wall.frame);
        done = hole.to;
    }
}

void addWall(RoomScene& room, std::size_t index, int doors, int windows, Random& random) {
    RoomWall& wall = room.walls[index];
    std::vector<Opening> openings;
    for (int i = 0; i < doors; ++i) {
        const double width = random.uniform(0.85, 1.05);
        if (const auto middle = room.claimWall(wall, width, 0.12, random)) {
            openings.push_back(
                {*middle - width / 2, *middle + width / 2, 0, random.uniform(2.0, 2.2)}
            );
            addDoor(room, wall, openings.back(), random);
            // Nothing may stand in front of it.
            const Vec3d a = wall.frame({*middle - width / 2, 0, 0});
            const Vec3d b = wall.frame({*middle + width / 2, 0.9, 0});
            room.claimFloor(
                std::max(0.0, std::min(a.x, b.x)),
                std::max(0.0, std::min(a.y, b.y)),
                std::min(room.sizeX, std::max(a.x, b.x)),
                std::min(room.sizeY, std::max(a.y, b.y))
            );
        }
    }
    for (int i = 0; i < windows; ++i) {
        const double width = random.uniform(0.9, 1.9);
        if (const auto middle = room.claimWall(wall, width, 0.12, random)) {
            openings.push_back(
                {*middle - width / 2,
                 *middle + width / 2,
                 random.uniform(0.75, 1.0),
                 room.height - random.uniform(0.25, 0.5)}
            );
            addWindow(room, wall, openings.back(), random);
        }
    }
    const MeshTag tag = room.addObject("wall", varied({200, 195, 175}, 0.12, random));
    addWallPlane(room.mesh, tag, wall, room.height, openings);
    if (random.chance(0.7)) {
        addSkirting(room, wall, tag, openings, random);
    }
}

/// A row or two of lamps; some ceilings have none that a scan would show.
void addLamps(RoomScene& room, Random& random) {
    const int columns = std::max(1, static_cast<int>(room.sizeX / 2.2));
    const int rows = std::max(1, static_cast<int>(room.sizeY / 2.2));
    const double hang = random.chance(0.4) ? random.uniform(0.15, 0.4) : 0.02;
    for (int i = 0; i < columns; ++i) {
        for (int j = 0; j < rows; ++j) {
            const Vec3d at{
                room.sizeX * (i + 0.5) / columns,
                room.sizeY * (j + 0.5) / rows,
                room.height - hang};
            room.lamps.push_back(at - Vec3d{0, 0, 0.1});
            const MeshTag lamp = room.addObject("clutter", {245, 245, 235});
            addBox(room.mesh, lamp, at, {0.6, 0.12, 0.02});
            if (hang > 0.1) {
                addTube(room.mesh, lamp, at, {at.x, at.y, room.height}, 0.006, 0.006, 6);
            }
        }
    }
}

void addBeams(RoomScene& room, Random& random) {
    const int count = random.integer(1, 2);
    const bool along = random.chance(0.3);
    for (int i = 0; i < count; ++i) {
        const double at = (i + random.uniform(0.3, 0.7)) / count;
        const double half = random.uniform(0.08, 0.2);
        const double drop = random.uniform(0.15, 0.35);
        const MeshTag beam = room.addObject("beam", varied({185, 180, 165}, 0.15, random));
        const Vec3d centre = along ? Vec3d{room.sizeX / 2, room.sizeY * at, 0}
                                   : Vec3d{room.sizeX * at, room.sizeY / 2, 0};
        const Vec3d size =
            along ? Vec3d{room.sizeX / 2, half, drop / 2} : Vec3d{half, room.sizeY / 2, drop / 2};
        addBox(room.mesh, beam, centre + Vec3d{0, 0, room.height - drop / 2}, size);
    }
}

void addColumn(RoomScene& room, Random& random) {
    const double half = random.uniform(0.12, 0.25);
    RoomWall& wall = room.walls[static_cast<std::size_t>(random.integer(0, 3))];
    const auto middle = room.claimWall(wall, 2 * half, 0.0, random);
    if (!middle) {
        return;
    }
    const MeshTag column = room.addObject("column", varied({190, 185, 170}, 0.15, random));
    const double out = random.uniform(0.4, 1.0) * half;
    const Vec3d at = wall.frame({*middle, out, 0});
    room.claimFloor(at.x - half, at.y - half, at.x + half, at.y + half);
    if (random.chance(0.3)) {
        addTube(room.mesh, column, at, {at.x, at.y, room.height}, half, half, 20);
    } else {
        addBox(
            room.mesh,
            column,
            {*middle, out, room.height / 2},
            {half, half, room.height / 2},
            wall.frame
        );
    }
}

} // namespace

void addShell(RoomScene& room, RoomKind kind, Random& random) {
    const std::array<Rgb, 4> kFloors = {
        {{115, 116, 95}, {95, 95, 105}, {150, 115, 80}, {165, 160, 150}}};
    const auto ground = static_cast<std::size_t>(random.integer(0, 3));
    const std::array kGround = {Texture::Carpet, Texture::Carpet, Texture::Wood, Texture::Tiles};
    const double x = room.sizeX;
    const double y = room.sizeY;
    const double z = room.height;
    const MeshTag floor =
        room.addObject("floor", varied(kFloors[ground], 0.2, random), kGround[ground]);
    addQuad(room.mesh, floor, {0, 0, 0}, {x, 0, 0}, {x, y, 0}, {0, y, 0});
    const MeshTag ceiling = room.addObject(
        "ceiling",
        varied({205, 203, 195}, 0.1, random),
        random.chance(0.6) ? Texture::Tiles : Texture::Plain
    );
    addQuad(room.mesh, ceiling, {0, y, z}, {x, y, z}, {x, 0, z}, {0, 0, z});
    const bool hall = kind == RoomKind::Hallway;
    for (std::size_t i = 0; i < room.walls.size(); ++i) {
        const bool end = i % 2 == 1;
        const int doors = hall ? random.integer(end ? 0 : 1, end ? 1 : 3) : (i == 0 ? 1 : 0);
        const int windows = !hall && i == 2 ? random.integer(1, 2) : 0;
        addWall(room, i, doors, windows, random);
    }
    if (kind == RoomKind::Lounge || random.chance(0.35)) {
        addBeams(room, random);
    }
    const int columns = kind == RoomKind::Lounge ? 2 : random.integer(0, 1);
    for (int i = 0; i < columns; ++i) {
        addColumn(room, random);
    }
    addLamps(room, random);
}

} // namespace siskin
