// SPDX-License-Identifier: MIT
#include "datasets/synthetic/street/vehicles.hpp"

namespace siskin {

void addBicycle(Mesh& mesh, const Brush& brush, Random& random) {
    const MeshTag frame =
        brush({static_cast<float>(random.uniform(0.1, 0.4)), 0.12F, 0.0F, 0.06F, 0.0F});
    const MeshTag tyre = brush({0.08F, 0.05F, 0.0F, 0.12F, 0.0F});
    const MeshTag spokes = brush(material::kSpokes);
    const double r = random.uniform(0.32, 0.36);
    const double base = random.uniform(1.0, 1.12) / 2;
    for (const double x : {-base, base}) {
        addTorus(mesh, tyre, {x, 0, r}, {0, 1, 0}, r - 0.02, 0.024, 16, 5);
        addDisc(mesh, spokes, {x, 0, r}, {0, 1, 0}, r - 0.04, 0.0, 12);
    }
    // A laser's spot is wider than a tube: tubes are drawn a little thicker than they are.
    constexpr double kTube = 0.024;
    const Vec3d crank{-0.08, 0, 0.29};
    const Vec3d seat{-0.24, 0, 0.88};
    const Vec3d head{base - 0.18, 0, 0.86};
    const Vec3d rear{-base, 0, r};
    const auto tube = [&](const Vec3d& a, const Vec3d& b, double radius) {
        addTube(mesh, frame, a, b, radius, radius, 6);
    };
    tube(crank, seat, kTube);
    tube(crank, head - Vec3d{0, 0, 0.1}, kTube);
    tube(seat - Vec3d{0, 0, 0.12}, head, kTube);
    tube(rear, crank, 0.018);
    tube(rear, seat - Vec3d{0, 0, 0.12}, 0.016);
    tube({base, 0, r}, head, kTube);
    tube(head, head + Vec3d{-0.04, 0, 0.14}, 0.02);
    tube(head + Vec3d{-0.05, -0.29, 0.16}, head + Vec3d{-0.05, 0.29, 0.16}, 0.018);
    addBox(mesh, brush(material::kDarkMetal), seat + Vec3d{0.02, 0, 0.05}, {0.13, 0.08, 0.035});
    if (random.chance(0.5)) { // carrier
        addBox(mesh, frame, {-base - 0.02, 0, 2 * r + 0.06}, {0.2, 0.07, 0.012});
    }
    if (random.chance(0.25)) { // basket
        addBox(mesh, frame, head + Vec3d{0.15, 0, 0.02}, {0.14, 0.16, 0.12});
    }
}

namespace {

void addMotorbike(Mesh& mesh, const Brush& brush, Random& random) {
    const MeshTag paint = brush(randomPaint(random));
    const MeshTag metal = brush(material::kMetal);
    const MeshTag dark = brush(material::kDarkMetal);
    const MeshTag tyre = brush(material::kTyre);
    const double base = random.uniform(1.36, 1.5) / 2;
    constexpr double r = 0.32;
    for (const double x : {-base, base}) {
        addTorus(mesh, tyre, {x, 0, r}, {0, 1, 0}, r - 0.075, 0.075, 16, 8);
        addTube(mesh, metal, {x, -0.04, r}, {x, 0.04, r}, 0.2, 0.2, 12);
    }
    addBox(mesh, metal, {0.02, 0, 0.42}, {0.28, 0.2, 0.22}); // engine
    addEllipsoid(mesh, paint, {0.16, 0, 0.84}, {0.32, 0.19, 0.17}, 6, 10);
    addBox(mesh, dark, {-0.38, 0, 0.80}, {0.36, 0.14, 0.06});
    addBox(mesh, paint, {-0.55, 0, 0.70}, {0.26, 0.11, 0.08});
    const Vec3d head{base - 0.28, 0, 0.95};
    for (const double side : {-1.0, 1.0}) {
        addTube(
            mesh, metal, {base, side * 0.1, r}, head + Vec3d{0, side * 0.09, 0}, 0.035, 0.035, 6
        );
        addTube(mesh, dark, head, head + Vec3d{-0.14, side * 0.38, 0.12}, 0.025, 0.025, 6);
        addTube(mesh, metal, {-base, side * 0.1, r}, {-0.3, side * 0.1, 0.7}, 0.03, 0.03, 6);
    }
    addTube(mesh, metal, {0.1, -0.22, 0.3}, {-base - 0.05, -0.24, 0.42}, 0.06, 0.07, 8);
    addEllipsoid(
        mesh, brush(material::kReflector), head + Vec3d{0.14, 0, -0.02}, {0.09, 0.1, 0.1}, 4, 8
    );
    if (random.chance(0.4)) { // fairing
        addEllipsoid(mesh, paint, {0.42, 0, 0.82}, {0.2, 0.24, 0.32}, 6, 10);
    }
    if (random.chance(0.3)) {
        addBox(mesh, dark, {-0.78, 0, 0.95}, {0.18, 0.2, 0.16}); // top case
    }
}

void addScooter(Mesh& mesh, const Brush& brush, Random& random) {
    const MeshTag paint = brush(randomPaint(random));
    const MeshTag dark = brush(material::kDarkMetal);
    const MeshTag tyre = brush(material::kTyre);
    constexpr double r = 0.24;
    for (const double x : {-0.62, 0.62}) {
        addTorus(mesh, tyre, {x, 0, r}, {0, 1, 0}, r - 0.06, 0.065, 14, 8);
        addTube(mesh, dark, {x, -0.035, r}, {x, 0.035, r}, 0.15, 0.15, 10);
    }
    addEllipsoid(mesh, paint, {-0.45, 0, 0.55}, {0.45, 0.2, 0.24}, 6, 10);
    addBox(mesh, dark, {-0.40, 0, 0.78}, {0.34, 0.14, 0.05});
    addBox(mesh, paint, {0.08, 0, 0.28}, {0.28, 0.18, 0.05});
    addBox(mesh, paint, {}, {0.04, 0.21, 0.32}, Rigid::at({0.43, 0, 0.62}, 0, -0.25));
    addTube(mesh, dark, {0.62, 0, r}, {0.42, 0, 1.0}, 0.04, 0.04, 8);
    addTube(mesh, dark, {0.38, -0.34, 1.05}, {0.38, 0.34, 1.05}, 0.025, 0.025, 6);
    addEllipsoid(mesh, paint, {0.46, 0, 0.98}, {0.12, 0.13, 0.11}, 5, 8);
    addEllipsoid(mesh, paint, {0.64, 0, 2 * r - 0.02}, {0.24, 0.08, 0.07}, 4, 8);
    if (random.chance(0.5)) {
        addBox(mesh, dark, {-0.85, 0, 0.95}, {0.17, 0.19, 0.15});
    }
}

} // namespace

void addMotorcycle(Mesh& mesh, const Brush& brush, Random& random) {
    random.chance(0.65) ? addMotorbike(mesh, brush, random) : addScooter(mesh, brush, random);
}

} // namespace siskin
