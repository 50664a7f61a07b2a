// SPDX-License-Identifier: MIT
#include "datasets/synthetic/street/furniture.hpp"

#include <algorithm>
#include <numbers>

namespace siskin {

namespace {

MeshTag poleOf(const Brush& brush, Random& random) {
    return brush.as(StreetKind::Pole
    )({static_cast<float>(random.uniform(0.12, 0.34)), 0.12F, 0.0F, 0.08F, 0.0F});
}

void addPlate(Mesh& mesh, MeshTag tag, Random& random, double x, double z) {
    const double r = random.uniform(0.3, 0.42);
    const double kind = random.uniform();
    // Lies in the y-z plane: the outline's x becomes y, its y becomes z.
    const Rigid upright{{0, 0, 1, 1, 0, 0, 0, 1, 0}, {x, 0, z}};
    std::vector<Vec2d> outline;
    if (kind < 0.4 || kind > 0.9) {
        const int corners = kind < 0.4 ? 16 : 8;
        for (int i = 0; i < corners; ++i) {
            const double angle = 2 * std::numbers::pi * (i + 0.5) / corners;
            outline.push_back({r * std::cos(angle), r * std::sin(angle)});
        }
    } else if (kind < 0.6) {
        outline = {{-1.1 * r, -0.7 * r}, {1.1 * r, -0.7 * r}, {0, 1.2 * r}};
    } else if (kind < 0.75) {
        outline = {{-r, 0}, {0, -r}, {r, 0}, {0, r}};
    } else {
        outline = {{-r, -1.1 * r}, {r, -1.1 * r}, {r, 1.1 * r}, {-r, 1.1 * r}};
    }
    addPrism(mesh, tag, outline, -0.012, 0.012, upright);
}

MeshTag plateOf(const Brush& brush, Random& random) {
    return brush.as(StreetKind::Sign
    )({static_cast<float>(random.uniform(0.7, 1.0)), 0.12F, 0.0F, 0.01F, 0.0F});
}

} // namespace

void addLampPost(Mesh& mesh, const Brush& brush, Random& random) {
    const MeshTag tag = poleOf(brush, random);
    const double height = random.uniform(4.5, 8.5);
    const double reach = random.uniform(0.3, 1.8);
    addTube(mesh, tag, {0, 0, 0}, {0, 0, 0.9}, 0.11, 0.1, 8);
    addTube(mesh, tag, {0, 0, 0.9}, {0, 0, height}, 0.08, 0.055, 8);
    addTube(mesh, tag, {0, 0, height}, {0, reach, height + 0.3}, 0.05, 0.04, 6);
    addBox(mesh, tag, {0, reach + 0.2, height + 0.3}, {0.12, 0.35, 0.07});
}

void addTimberPole(Mesh& mesh, const Brush& brush, Random& random) {
    const MeshTag tag = brush.as(StreetKind::Pole)(material::kWood);
    const double height = random.uniform(6.5, 8.5);
    addTube(mesh, tag, {0, 0, -0.3}, {0, 0, height}, 0.13, 0.1, 8);
    addBox(mesh, tag, {0, 0, height - 0.4}, {0.05, 0.9, 0.05});
}

void addTrafficLight(Mesh& mesh, const Brush& brush, Random& random) {
    const MeshTag tag = poleOf(brush, random);
    const MeshTag box = brush.as(StreetKind::OtherObject)(material::kDarkMetal);
    const double height = random.chance(0.4) ? 5.4 : 3.2;
    addTube(mesh, tag, {0, 0, 0}, {0, 0, height}, 0.08, 0.07, 8);
    addBox(mesh, box, {-0.14, 0, 2.6}, {0.1, 0.15, 0.45});
    if (height > 5) {
        addTube(mesh, tag, {0, 0, height - 0.2}, {0, 3.2, height}, 0.06, 0.05, 7);
        addBox(mesh, box, {-0.12, 3.0, height - 0.3}, {0.1, 0.15, 0.45});
    }
}

void addSign(Mesh& mesh, const Brush& brush, Random& random) {
    const double height = random.uniform(2.3, 3.0);
    addTube(mesh, poleOf(brush, random), {0, 0, 0}, {0, 0, height}, 0.04, 0.04, 7);
    addPlate(mesh, plateOf(brush, random), random, -0.06, height - 0.35);
    if (random.chance(0.35)) {
        addPlate(mesh, plateOf(brush, random), random, -0.06, height - 1.1);
    }
}

void addDirectionSign(Mesh& mesh, const Brush& brush, Random& random) {
    const MeshTag plate = plateOf(brush, random);
    const double width = random.uniform(1.2, 2.2) / 2;
    const double low = random.uniform(1.0, 2.2);
    const double high = low + random.uniform(0.7, 1.4);
    const MeshTag pole = poleOf(brush, random);
    for (const double side : {-0.7, 0.7}) {
        addTube(mesh, pole, {0, side * width, 0}, {0, side * width, high}, 0.045, 0.045, 7);
    }
    addBox(mesh, plate, {-0.07, 0, (low + high) / 2}, {0.015, width, (high - low) / 2});
}

void addBollard(Mesh& mesh, const Brush& brush, Random& random) {
    const double height = random.uniform(0.75, 1.1);
    const double radius = random.uniform(0.05, 0.1);
    addTube(mesh, poleOf(brush, random), {0, 0, 0}, {0, 0, height}, radius, 0.9 * radius, 8);
}

void addBin(Mesh& mesh, const Brush& brush, Random& random) {
    const MeshTag tag = brush.as(StreetKind::OtherObject)({0.22F, 0.08F, 0.0F, 0.05F, 0.0F});
    const double half = random.uniform(0.25, 0.45);
    const double height = random.uniform(0.95, 1.25);
    addBox(mesh, tag, {0, 0, height / 2 + 0.05}, {half, 0.32, height / 2});
    addBox(mesh, tag, {0, -0.03, height + 0.08}, {half + 0.03, 0.36, 0.05});
}

void addBench(Mesh& mesh, const Brush& brush) {
    const MeshTag tag = brush.as(StreetKind::OtherObject)(material::kWood);
    addBox(mesh, tag, {0, 0, 0.45}, {0.8, 0.2, 0.03});
    addBox(mesh, tag, {0, -0.22, 0.72}, {0.8, 0.03, 0.2});
    for (const double side : {-0.65, 0.65}) {
        addBox(mesh, tag, {side, 0, 0.22}, {0.04, 0.2, 0.22});
    }
}

void addTrafficCone(Mesh& mesh, const Brush& brush) {
    const MeshTag tag = brush.as(StreetKind::TrafficCone)({0.55F, 0.12F, 0.0F, 0.02F, 0.0F});
    addBox(mesh, tag, {0, 0, 0.02}, {0.19, 0.19, 0.02});
    addTube(mesh, tag, {0, 0, 0.04}, {0, 0, 0.72}, 0.15, 0.03, 10);
}

FenceKind randomFence(Random& random) {
    const double kind = random.uniform();
    return kind < 0.4    ? FenceKind::Pickets
           : kind < 0.65 ? FenceKind::Mesh
           : kind < 0.82 ? FenceKind::Rails
                         : FenceKind::Wall;
}

namespace {

void addPosts(Mesh& mesh, MeshTag tag, double length, double step, double height, double radius) {
    for (double x = 0; x <= length; x += step) {
        addTube(mesh, tag, {x, 0, -0.2}, {x, 0, height}, radius, radius, 6);
    }
}

void addRail(Mesh& mesh, MeshTag tag, double length, double z, double halfHeight) {
    addBox(mesh, tag, {length / 2, 0, z}, {length / 2, 0.025, halfHeight});
}

} // namespace

void addFence(Mesh& mesh, const Brush& brush, Random& random, FenceKind kind, double length) {
    const bool barrier = kind == FenceKind::GuardRail || kind == FenceKind::Barrier;
    const Brush own = brush.as(barrier ? StreetKind::Barrier : StreetKind::Fence);
    const MeshTag wood =
        own({static_cast<float>(random.uniform(0.2, 0.42)), 0.08F, 0.005F, 0.05F, 0.0F});
    const MeshTag metal = own(material::kMetal);
    const double height = random.uniform(0.9, 1.5);
    switch (kind) {
    case FenceKind::Pickets:
        addPosts(mesh, wood, length, 2.4, height, 0.06);
        addRail(mesh, wood, length, 0.25 * height, 0.04);
        addRail(mesh, wood, length, 0.8 * height, 0.04);
        for (double x = 0.05; x < length; x += 0.17) {
            addBox(mesh, wood, {x, 0.035, 0.52 * height}, {0.045, 0.012, 0.46 * height});
        }
        break;
    case FenceKind::Mesh: {
        const double top = height + 0.4;
        addPosts(mesh, metal, length, 2.5, top, 0.035);
        addRail(mesh, metal, length, top, 0.025);
        const MeshTag wires = own({0.22F, 0.1F, 0.0F, 0.05F, 0.62F});
        addQuad(mesh, wires, {0, 0, 0.05}, {length, 0, 0.05}, {length, 0, top}, {0, 0, top});
        break;
    }
    case FenceKind::Rails:
        addPosts(mesh, wood, length, 2.0, height, 0.07);
        for (const double z : {0.3, 0.62, 0.92}) {
            addRail(mesh, wood, length, z * height, 0.055);
        }
        break;
    case FenceKind::Wall: {
        const MeshTag stone = own({0.34F, 0.08F, 0.01F, 0.02F, 0.0F});
        const double wall = random.uniform(0.4, 0.7);
        addBox(mesh, stone, {length / 2, 0, wall / 2 - 0.1}, {length / 2, 0.12, wall / 2 + 0.1});
        addPosts(mesh, metal, length, 2.0, wall + 0.8, 0.04);
        addRail(mesh, metal, length, wall + 0.75, 0.025);
        for (double x = 0.07; x < length; x += 0.14) {
            addBox(mesh, metal, {x, 0, wall + 0.38}, {0.016, 0.016, 0.38});
        }
        break;
    }
    case FenceKind::GuardRail:
        addPosts(mesh, metal, length, 2.0, 0.7, 0.06);
        addBox(mesh, metal, {length / 2, 0.06, 0.58}, {length / 2, 0.03, 0.16});
        break;
    case FenceKind::Barrier:
        for (double x = 0; x + 1.9 < length; x += 2.0) {
            const Rigid along{{0, 0, 1, 1, 0, 0, 0, 1, 0}, {x + 0.97, 0, 0}};
            addPrism(
                mesh,
                own(material::kConcrete),
                {{-0.3, 0}, {0.3, 0}, {0.1, 0.35}, {0.08, 0.85}, {-0.08, 0.85}, {-0.1, 0.35}},
                -0.95,
                0.95,
                along
            );
        }
        break;
    }
}

} // namespace siskin
