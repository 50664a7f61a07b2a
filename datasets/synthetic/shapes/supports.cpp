// SPDX-License-Identifier: MIT
#include "datasets/synthetic/shapes/supports.hpp"

#include "datasets/synthetic/shapes/shape_parts.hpp"

#include <numbers>

namespace siskin {

void addFourLegs(
    Mesh& mesh, MeshTag tag, double halfX, double halfZ, double height, Random& random
) {
    const double radius = random.uniform(0.015, 0.045);
    const double splay = random.chance(0.4) ? random.uniform(0.02, 0.10) : 0.0;
    const double taper = random.uniform(0.5, 1.0);
    const int sides = random.chance(0.5) ? 4 : 10;
    const bool stretchers = random.chance(0.35);
    const double rung = random.uniform(0.2, 0.5) * height;
    const double inset = radius * random.uniform(1.1, 2.0);
    onBothSides([&](double x) {
        onBothSides([&](double z) {
            const Vec3d top{x * (halfX - inset), height, z * (halfZ - inset)};
            addTube(
                mesh,
                tag,
                {top.x + x * splay, 0, top.z + z * splay},
                top,
                taper * radius,
                radius,
                sides
            );
        });
        if (stretchers) {
            const double at = x * (halfX - inset + splay * (1.0 - rung / height));
            const double out = halfZ - inset + splay * (1.0 - rung / height);
            addTube(mesh, tag, {at, rung, -out}, {at, rung, out}, radius / 2, radius / 2, sides);
        }
    });
}

void addPedestal(Mesh& mesh, MeshTag tag, double reach, double height, Random& random) {
    const double radius = random.uniform(0.02, 0.05);
    addTube(mesh, tag, {0, 0.03, 0}, {0, height, 0}, radius, radius, 12);
    if (random.chance(0.4)) {
        const double lip = random.uniform(0.01, 0.04);
        addLathe(mesh, tag, {0, 0, 0}, {0, 1, 0}, {{reach, 0}, {reach, lip}, {radius, 2 * lip}});
        return;
    }
    const int arms = random.integer(4, 5);
    const bool castors = random.chance(0.7);
    for (int i = 0; i < arms; ++i) {
        const double angle = 2.0 * std::numbers::pi * i / arms;
        const Vec3d tip{reach * std::cos(angle), 0.05, reach * std::sin(angle)};
        addTube(mesh, tag, {0, 0.10, 0}, tip, 0.025, 0.018, 6);
        if (castors) {
            addEllipsoid(mesh, tag, {tip.x, 0.03, tip.z}, {0.03, 0.03, 0.03}, 6, 8);
        }
    }
}

} // namespace siskin
