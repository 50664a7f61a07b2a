// SPDX-License-Identifier: MIT
// Tables and desks. Sizes in metres.
#include "datasets/synthetic/shapes/shape_models.hpp"
#include "datasets/synthetic/shapes/shape_parts.hpp"
#include "datasets/synthetic/shapes/supports.hpp"

#include <algorithm>

namespace siskin {

namespace {

/// Drawers between the legs, under the top at `top`.
void addDrawers(Mesh& mesh, double halfX, double halfZ, double top, Random& random) {
    const int columns = random.integer(1, 3);
    const int rows = random.chance(0.3) ? random.integer(2, 4) : 1;
    const double height = random.uniform(0.10, 0.16);
    const bool oneSided = rows > 1;
    const double width = 2 * halfZ / (oneSided ? 3.0 : columns);
    const int made = oneSided ? 1 : columns;
    for (int column = 0; column < made; ++column) {
        for (int row = 0; row < rows; ++row) {
            const double z = -halfZ + width * (column + 0.5);
            const double y = top - height * (row + 0.5);
            addBox(mesh, kTableDrawer, {0, y, z}, {halfX * 0.92, height * 0.47, width * 0.47});
            addEllipsoid(mesh, kTableDrawer, {halfX * 0.94, y, z}, {0.015, 0.015, 0.03}, 5, 8);
        }
    }
}

void addTableSupport(
    Mesh& mesh, double halfX, double halfZ, double height, bool round, Random& random
) {
    const int style = random.integer(0, 5);
    if (style == 1 || (round && style >= 3)) {
        addPedestal(mesh, kTableLeg, 0.6 * std::min(halfX, halfZ), height, random);
    } else if (style == 2 && !round) { // side panels
        const double thick = random.uniform(0.015, 0.04);
        onBothSides([&](double side) {
            const double z = side * (halfZ * 0.95 - thick);
            addBox(mesh, kTableLeg, {0, height / 2, z}, {halfX * 0.9, height / 2, thick});
        });
        if (random.chance(0.5)) {
            addBox(
                mesh, kTableLeg, {-halfX * 0.7, height * 0.6, 0}, {0.01, height * 0.3, halfZ * 0.9}
            );
        }
    } else if (style == 3) { // trestles
        onBothSides([&](double side) {
            const double z = side * halfZ * 0.75;
            onBothSides([&](double x) {
                addTube(
                    mesh,
                    kTableLeg,
                    {x * halfX * 0.9, 0, z},
                    {x * halfX * -0.3, height, z},
                    0.025,
                    0.025,
                    6
                );
            });
        });
        addTube(
            mesh,
            kTableLeg,
            {0, height * 0.55, -halfZ * 0.75},
            {0, height * 0.55, halfZ * 0.75},
            0.02,
            0.02,
            6
        );
    } else {
        const double reach = round ? 0.72 : 0.97;
        addFourLegs(mesh, kTableLeg, halfX * reach, halfZ * reach, height, random);
        if (random.chance(0.3)) { // a shelf
            const double y = height * random.uniform(0.15, 0.4);
            addBox(mesh, kTableLeg, {0, y, 0}, {halfX * reach * 0.9, 0.01, halfZ * reach * 0.9});
        }
    }
}

} // namespace

Mesh makeTable(Random& random) {
    Mesh mesh;
    const bool low = random.chance(0.3);
    const double height = low ? random.uniform(0.3, 0.5) : random.uniform(0.65, 0.95);
    const double halfX = random.uniform(0.25, 0.6);
    const double halfZ = halfX * (random.chance(0.3) ? 1.0 : random.uniform(1.1, 2.4));
    const double thick = random.uniform(0.015, 0.07);
    const bool round = random.chance(0.25);
    if (round) {
        addSlab(mesh, kTableTop, ellipse(halfX, halfZ), height - thick, height);
    } else {
        const double corner = random.chance(0.3) ? random.uniform(0.02, 0.2) : 0.0;
        addSlab(mesh, kTableTop, roundedRectangle(halfX, halfZ, corner), height - thick, height);
    }
    addTableSupport(mesh, halfX, halfZ, height - thick, round, random);
    if (!round && random.chance(0.3)) {
        addDrawers(mesh, halfX * 0.95, halfZ * 0.9, height - thick, random);
    }
    return mesh;
}

} // namespace siskin
