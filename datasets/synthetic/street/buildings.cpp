// SPDX-License-Identifier: MIT
#include "datasets/synthetic/street/buildings.hpp"

#include <algorithm>

namespace siskin {

namespace {

struct Facade {
    Mesh* mesh;
    MeshTag wall, glass;
    Rigid place; ///< local x along the wall, y into the house, z up

    void quad(MeshTag tag, double x0, double x1, double z0, double z1, double y = 0.0) const {
        addQuad(
            *mesh,
            tag,
            place({x0, y, z0}),
            place({x1, y, z0}),
            place({x1, y, z1}),
            place({x0, y, z1})
        );
    }

    /// A window or door set back by `depth`, with its four reveals.
    void opening(double x0, double x1, double z0, double z1, double depth) const {
        quad(glass, x0, x1, z0, z1, depth);
        const auto reveal = [&](const Vec3d& a, const Vec3d& b) {
            const Vec3d in{0, depth, 0};
            addQuad(*mesh, wall, place(a), place(b), place(b + in), place(a + in));
        };
        reveal({x0, 0, z0}, {x1, 0, z0});
        reveal({x1, 0, z0}, {x1, 0, z1});
        reveal({x1, 0, z1}, {x0, 0, z1});
        reveal({x0, 0, z1}, {x0, 0, z0});
    }

    /// One storey of windows between `z0` and `z1`.
    void storey(double width, double z0, double z1, double sill, double lintel, double windowWidth)
        const {
        const int bays = std::max(1, static_cast<int>(width / (windowWidth + 1.3)));
        const double bay = width / bays;
        const double from = -width / 2;
        quad(wall, from, from + width, z0, sill);
        quad(wall, from, from + width, lintel, z1);
        double edge = from;
        for (int i = 0; i < bays; ++i) {
            const double centre = from + (i + 0.5) * bay;
            quad(wall, edge, centre - windowWidth / 2, sill, lintel);
            opening(centre - windowWidth / 2, centre + windowWidth / 2, sill, lintel, 0.15);
            edge = centre + windowWidth / 2;
        }
        quad(wall, edge, from + width, sill, lintel);
    }
};

struct Storeys {
    int floors;
    double height, windowWidth;
    bool shops;

    double ground() const { return shops ? 1.2 * height : height; }

    double top() const { return ground() + (floors - 1) * height; }
};

void addWalls(const Facade& facade, double width, const Storeys& storeys) {
    const double ground = storeys.ground();
    facade.quad(facade.wall, -width / 2, width / 2, -0.6, 0.0);
    if (storeys.shops) {
        facade.storey(width, 0.0, ground, 0.4, ground - 0.6, 2.4);
    } else {
        facade.storey(width, 0.0, ground, 0.95, 0.85 * ground, storeys.windowWidth);
    }
    for (int i = 1; i < storeys.floors; ++i) {
        const double z = ground + (i - 1) * storeys.height;
        facade.storey(
            width, z, z + storeys.height, z + 0.9, z + 0.85 * storeys.height, storeys.windowWidth
        );
    }
}

void addRoof(
    Mesh& mesh,
    const Brush& brush,
    Random& random,
    const BuildingPlan& plan,
    MeshTag wall,
    double top
) {
    const MeshTag tiles =
        brush({static_cast<float>(random.uniform(0.25, 0.4)), 0.08F, 0.0F, 0.04F, 0.0F});
    const double w = plan.width / 2;
    const Vec3d middle{0, plan.depth / 2, 0};
    if (!plan.gable) {
        addBox(mesh, wall, middle + Vec3d{0, 0, top + 0.2}, {w + 0.1, plan.depth / 2 + 0.1, 0.2});
        addBox(
            mesh,
            wall,
            {random.uniform(-0.3, 0.3) * plan.width, plan.depth / 2, top + 1.2},
            {1.3, 1.5, 0.9}
        );
        return;
    }
    const double rise = 0.5 * plan.depth * random.uniform(0.6, 0.95);
    constexpr double kEaves = 0.4;
    // An extruded triangle, its axis along x.
    const Rigid along{{0, 0, 1, 1, 0, 0, 0, 1, 0}, {0, 0, top}};
    addPrism(
        mesh,
        tiles,
        {{-kEaves, 0}, {plan.depth + kEaves, 0}, {plan.depth / 2, rise}},
        -w - 0.25,
        w + 0.25,
        along
    );
    addBox(
        mesh,
        wall,
        {random.uniform(-0.3, 0.3) * plan.width, 0.6 * plan.depth, top + rise},
        {0.35, 0.3, 0.8}
    );
    for (double x = -w + 2.0; plan.width > 8 && x < w - 1.5;
         x += random.uniform(3.0, 5.0)) { // dormers
        addBox(
            mesh, wall, {x, 0.2 * plan.depth, top + 0.35 * rise}, {0.75, 0.12 * plan.depth, 0.55}
        );
    }
}

/// Entrance with steps, canopy and door; balconies.
void addFront(
    Mesh& mesh,
    const Brush& brush,
    Random& random,
    const BuildingPlan& plan,
    const Storeys& storeys,
    MeshTag wall
) {
    const MeshTag metal = brush(material::kMetal);
    const double door = random.uniform(-0.3, 0.3) * plan.width;
    addBox(mesh, brush(material::kWood), {door, -0.02, 1.1}, {0.55, 0.04, 1.05});
    addBox(mesh, wall, {door, -0.55, 2.4}, {0.95, 0.55, 0.07});
    addBox(mesh, wall, {door, -0.5, 0.08}, {0.85, 0.5, 0.14});
    if (!random.chance(0.5)) {
        return;
    }
    const double step = random.uniform(3.5, 6.0);
    for (int floor = 1; floor < storeys.floors; ++floor) {
        const double z = storeys.ground() + (floor - 1) * storeys.height;
        for (double x = -plan.width / 2 + 2.0; x < plan.width / 2 - 1.5; x += step) {
            addBox(mesh, wall, {x, -0.6, z}, {1.3, 0.6, 0.09});
            addBox(mesh, metal, {x, -1.18, z + 1.0}, {1.3, 0.025, 0.03});
            for (double bar = -1.25; bar <= 1.26; bar += 0.25) {
                addBox(mesh, metal, {x + bar, -1.18, z + 0.55}, {0.02, 0.02, 0.45});
            }
        }
    }
}

} // namespace

void addBuilding(Mesh& mesh, const Brush& brush, Random& random, const BuildingPlan& plan) {
    const MeshTag wall =
        brush({static_cast<float>(random.uniform(0.34, 0.56)), 0.07F, 0.006F, 0.03F, 0.0F});
    const MeshTag glass = brush(material::kWindow);
    const Storeys storeys{
        plan.floors, random.uniform(2.6, 3.2), random.uniform(0.9, 1.5), plan.shops};
    const double w = plan.width / 2;
    const double d = plan.depth;
    const double quarter = std::acos(0.0);
    addWalls({&mesh, wall, glass, Rigid::at({0, 0, 0})}, plan.width, storeys);
    addWalls({&mesh, wall, glass, Rigid::at({w, d / 2, 0}, quarter)}, d, storeys);
    addWalls({&mesh, wall, glass, Rigid::at({0, d, 0}, 2 * quarter)}, plan.width, storeys);
    addWalls({&mesh, wall, glass, Rigid::at({-w, d / 2, 0}, -quarter)}, d, storeys);
    addRoof(mesh, brush, random, plan, wall, storeys.top());
    addFront(mesh, brush, random, plan, storeys, wall);
    for (const double side : {-1.0, 1.0}) { // down pipes
        addTube(
            mesh,
            wall,
            {side * (w - 0.2), -0.08, 0},
            {side * (w - 0.2), -0.08, storeys.top()},
            0.05,
            0.05,
            6
        );
    }
}

void addShelter(Mesh& mesh, const Brush& brush) {
    const Brush own = brush.as(StreetKind::OtherStructure);
    const MeshTag metal = own(material::kMetal);
    const MeshTag glass = own(material::kGlass);
    addBox(mesh, metal, {0, 0.7, 2.4}, {2.1, 0.8, 0.06});
    addBox(mesh, glass, {0, 1.4, 1.3}, {2.0, 0.02, 0.95});
    for (const double side : {-1.0, 1.0}) {
        addBox(mesh, glass, {side * 2.0, 0.9, 1.3}, {0.02, 0.5, 0.95});
        for (const double y : {0.4, 1.4}) {
            addBox(mesh, metal, {side * 2.0, y, 1.2}, {0.04, 0.04, 1.2});
        }
    }
    addBox(mesh, metal, {0, 1.1, 0.5}, {1.2, 0.2, 0.03});
}

} // namespace siskin
