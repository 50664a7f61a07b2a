// SPDX-License-Identifier: MIT
#include "datasets/synthetic/rooms/room_objects.hpp"

#include "datasets/synthetic/shapes/shape_models.hpp"
#include "datasets/synthetic/shapes/shape_parts.hpp"

#include <algorithm>

namespace siskin {

namespace {

using Rgb = std::array<double, 3>;

Rgb fabric(Random& random) {
    constexpr std::array<Rgb, 6> kFabrics = {
        {{45, 45, 50}, {60, 70, 95}, {120, 50, 45}, {70, 95, 75}, {150, 125, 90}, {95, 90, 85}}};
    return varied(kFabrics[static_cast<std::size_t>(random.integer(0, 5))], 0.25, random);
}

Rgb timber(Random& random) {
    constexpr std::array<Rgb, 4> kTimbers = {
        {{165, 120, 75}, {120, 85, 55}, {205, 190, 160}, {95, 70, 55}}};
    return varied(kTimbers[static_cast<std::size_t>(random.integer(0, 3))], 0.15, random);
}

} // namespace

void addShape(
    RoomScene& room,
    const Mesh& shape,
    MeshTag main,
    MeshTag tag,
    MeshTag trim,
    const Vec3d& place,
    double yaw,
    double scale
) {
    Mesh own = shape;
    for (MeshTag& part : own.tags) {
        part = part == main ? tag : trim;
    }
    // +y up becomes +z up: (x, y, z) -> (x, -z, y).
    const Rigid upright{{1, 0, 0, 0, 0, -1, 0, 1, 0}, {}};
    append(room.mesh, own, Rigid::at(place, yaw) * upright, scale);
}

void addChair(RoomScene& room, const Vec3d& place, double yaw, Random& random) {
    const MeshTag tag = room.addObject("chair", fabric(random));
    const MeshTag trim = room.addSurface(tag, varied({90, 90, 95}, 0.5, random));
    addShape(room, makePlainChair(random), kChairSeat, tag, trim, place, yaw);
}

void addSofa(RoomScene& room, const Vec3d& place, double yaw, Random& random) {
    const Rgb colour = fabric(random);
    const MeshTag tag = room.addObject("sofa", colour);
    const MeshTag trim = room.addSurface(tag, varied(colour, 0.1, random));
    addShape(room, makeSofa(random), kChairSeat, tag, trim, place, yaw);
}

void addTable(
    RoomScene& room, const Rigid& frame, double halfX, double halfY, double height, Random& random
) {
    const bool wood = random.chance(0.6);
    const Rgb look = wood ? timber(random) : varied({190, 188, 182}, 0.15, random);
    const MeshTag top = room.addObject("table", look, wood ? Texture::Wood : Texture::Plain);
    const MeshTag legs = room.addSurface(top, varied({110, 108, 105}, 0.5, random));
    const double thick = random.uniform(0.02, 0.045);
    addBox(room.mesh, top, {0, 0, height - thick / 2}, {halfX, halfY, thick / 2}, frame);
    const double under = (height - thick) / 2;
    const bool panels = random.chance(0.35);
    onBothSides([&](double x) {
        if (panels) {
            addBox(
                room.mesh, legs, {x * (halfX - 0.03), 0, under}, {0.015, halfY * 0.9, under}, frame
            );
            return;
        }
        onBothSides([&](double y) {
            addBox(
                room.mesh,
                legs,
                {x * (halfX - 0.05), y * (halfY - 0.05), under},
                {0.025, 0.025, under},
                frame
            );
        });
    });
    if (height > 0.6 && random.chance(0.4)) { // a chest of drawers below
        const MeshTag chest = room.addSurface(top, varied({170, 168, 160}, 0.3, random));
        const double side = random.chance(0.5) ? 1.0 : -1.0;
        addBox(
            room.mesh,
            chest,
            {side * (halfX - 0.26), 0, under},
            {0.2, halfY * 0.8, under * 0.95},
            frame
        );
    }
}

void addBookcase(
    RoomScene& room, const RoomWall& wall, double middle, double width, Random& random
) {
    const double deep = random.uniform(0.26, 0.4);
    const double tall = random.uniform(0.9, 2.1);
    const Rgb look = timber(random);
    const MeshTag body = room.addObject("bookcase", look, Texture::Wood);
    const MeshTag inside = room.addSurface(body, varied(look, 0.1, random));
    const double board = 0.012;
    const double half = width / 2;
    const auto box = [&](MeshTag tag, const Vec3d& low, const Vec3d& high) {
        addBox(room.mesh, tag, 0.5 * (low + high), 0.5 * (high - low), wall.frame);
    };
    box(inside, {middle - half, 0.005, 0}, {middle + half, 0.015, tall});
    onBothSides([&](double side) {
        const double u = middle + side * half;
        box(body, {u - board, 0.005, 0}, {u + board, deep, tall});
    });
    const int shelves = std::max(2, static_cast<int>(tall / random.uniform(0.28, 0.4)));
    const double step = tall / shelves;
    for (int i = 0; i <= shelves; ++i) {
        const double z = step * i;
        box(body, {middle - half, 0.005, z - board}, {middle + half, deep, z + board});
        double u = middle - half + 0.03;
        while (i < shelves && u < middle + half - 0.06) {
            const double thick = random.uniform(0.02, 0.06);
            if (random.chance(0.8)) { // a group of books
                const double wide = thick * random.integer(2, 6);
                const double end = std::min(u + wide, middle + half - 0.03);
                const MeshTag books =
                    room.addSurface(body, varied({120, 100, 90}, 0.5, random), Texture::Books);
                const double reach = deep * random.uniform(0.6, 0.95);
                box(books, {u, 0.02, z + board}, {end, reach, z + step * random.uniform(0.6, 0.9)});
                u = end;
            } else {
                u += random.uniform(0.05, 0.3);
            }
        }
    }
}

void addBoard(RoomScene& room, const RoomWall& wall, double middle, double width, Random& random) {
    const bool white = random.chance(0.7);
    const Rgb look = white ? Rgb{225, 226, 224} : Rgb{45, 75, 60};
    const MeshTag board = room.addObject("board", varied(look, 0.06, random), Texture::Screen);
    const MeshTag rim = room.addSurface(board, varied({140, 138, 135}, 0.3, random));
    const double low = random.uniform(0.85, 1.05);
    const double tall = random.uniform(0.9, 1.25);
    const double z = low + tall / 2;
    addBox(room.mesh, board, {middle, 0.012, z}, {width / 2, 0.012, tall / 2}, wall.frame);
    onBothSides([&](double side) {
        addBox(
            room.mesh,
            rim,
            {middle + side * width / 2, 0.016, z},
            {0.015, 0.016, tall / 2 + 0.015},
            wall.frame
        );
        addBox(
            room.mesh,
            rim,
            {middle, 0.016, z + side * tall / 2},
            {width / 2, 0.016, 0.015},
            wall.frame
        );
    });
    addBox(room.mesh, rim, {middle, 0.05, low}, {width * 0.4, 0.04, 0.008}, wall.frame);
}

} // namespace siskin
