// SPDX-License-Identifier: MIT
// Mugs, laptops, caps, bags and earphones. Sizes in metres.
#include "datasets/synthetic/shapes/shape_models.hpp"
#include "datasets/synthetic/shapes/shape_parts.hpp"

#include <algorithm>
#include <numbers>

namespace siskin {

namespace {

constexpr double kPi = std::numbers::pi;

} // namespace

Mesh makeMug(Random& random) {
    Mesh mesh;
    const double height = random.uniform(0.07, 0.14);
    const double low = random.uniform(0.028, 0.05);
    const double high = low * random.uniform(0.9, 1.35);
    const double belly = random.chance(0.4) ? random.uniform(-0.08, 0.15) : 0.0;
    const double wall = random.uniform(0.002, 0.005);
    const auto radiusAt = [&](double t) {
        return low + (high - low) * t + belly * low * std::sin(kPi * t);
    };
    std::vector<ProfilePoint> profile;
    constexpr int kSteps = 8;
    for (int i = 0; i <= kSteps; ++i) {
        profile.push_back({radiusAt(i / 8.0), height * i / 8.0});
    }
    for (int i = kSteps; i >= 0; --i) {
        profile.push_back({radiusAt(i / 8.0) - wall, std::max(2 * wall, height * i / 8.0)});
    }
    addLathe(mesh, kMugCup, {0, 0, 0}, {0, 1, 0}, profile, 28);
    const double middle = height * random.uniform(0.45, 0.6);
    const double half = height * random.uniform(0.2, 0.36);
    const double reach = random.uniform(0.02, 0.04);
    const double root = radiusAt(middle / height) - wall;
    const double bar = random.uniform(0.003, 0.007);
    if (random.chance(0.3)) { // angular
        addBar(
            mesh,
            kMugHandle,
            {{root, middle + half, 0},
             {root + reach, middle + half, 0},
             {root + reach, middle - half, 0},
             {root, middle - half, 0}},
            bar
        );
    } else {
        addBar(mesh, kMugHandle, arcXY({root, middle, 0}, reach, half, -kPi / 2, kPi / 2, 14), bar);
    }
    return mesh;
}

Mesh makeLaptop(Random& random) {
    Mesh mesh;
    const double depth = random.uniform(0.19, 0.28);
    const double half = depth * random.uniform(0.6, 0.85);
    const double thick = random.uniform(0.008, 0.03);
    const double lid = thick * random.uniform(0.3, 0.8);
    const double corner = random.chance(0.5) ? random.uniform(0.004, 0.02) : 0.0;
    addSlab(mesh, kLaptopKeyboard, roundedRectangle(depth / 2, half, corner), 0, thick);
    if (random.chance(0.4)) { // raised keys
        for (int row = 0; row < 5; ++row) {
            const double x = depth * (-0.32 + 0.1 * row);
            addBox(
                mesh, kLaptopKeyboard, {x, thick + 0.001, 0}, {depth * 0.035, 0.001, half * 0.85}
            );
        }
    }
    Mesh screen; // lies on its back over the keyboard, the hinge at x = 0
    addSlab(screen, kLaptopScreen, roundedRectangle(depth / 2, half, corner), 0, lid);
    const double open = random.uniform(1.35, 2.3);
    Mesh hinged;
    append(hinged, screen, Rigid::at({depth / 2, 0, 0}));
    append(mesh, hinged, Rigid::at({-depth / 2, thick, 0}, open));
    return mesh;
}

Mesh makeCap(Random& random) {
    Mesh mesh;
    const double length = random.uniform(0.09, 0.11);
    const double width = length * random.uniform(0.8, 1.0);
    const double height = length * random.uniform(0.55, 1.0);
    const double wall = 0.003;
    std::vector<std::vector<Vec3d>> sections; // up the outside, down the inside
    const auto addRing = [&](double t, double shrink) {
        const double ring = std::max(0.03, std::cos(t * kPi / 2)) - shrink / length;
        std::vector<Vec3d> section;
        for (int i = 0; i < 28; ++i) {
            const double angle = -2 * kPi * i / 28; // right-handed about +y
            const double y = height * std::sin(t * kPi / 2) - shrink;
            section.push_back({length * ring * std::cos(angle), y, width * ring * std::sin(angle)});
        }
        sections.push_back(section);
    };
    for (int i = 0; i <= 8; ++i) {
        addRing(i / 8.0, 0.0);
    }
    for (int i = 7; i >= 0; --i) {
        addRing(i / 8.0, wall);
    }
    addLoft(
        mesh, sections, [](std::size_t, std::size_t) { return kCapCrown; }, kCapCrown, true
    );
    const double reach = random.uniform(0.05, 0.09);
    const bool brim = random.chance(0.2); // all round
    const double droop = random.uniform(0.0, 0.25);
    const double spread = brim ? kPi : random.uniform(0.9, 1.3);
    std::vector<Vec2d> outline;
    for (int i = 0; i <= 20; ++i) {
        const double angle = -spread + 2 * spread * i / 20;
        const double out = brim ? reach : reach * std::cos(angle / spread * kPi / 2);
        outline.push_back({(length + out) * std::cos(angle), (width + out) * std::sin(angle)});
    }
    for (int i = 20; i >= 0; --i) {
        const double angle = (-spread + 2 * spread * i / 20) * 0.999;
        outline.push_back({(length - 0.004) * std::cos(angle), (width - 0.004) * std::sin(angle)});
    }
    Mesh peak;
    addSlab(peak, kCapPeak, outline, -wall, 0.0);
    append(mesh, peak, Rigid::at({0, brim ? 0.0 : droop * length * 0.8, 0}, brim ? 0.0 : -droop));
    return mesh;
}

Mesh makeBag(Random& random) {
    Mesh mesh;
    const double half = random.uniform(0.14, 0.22); // across
    const double depth = half * random.uniform(0.25, 0.5);
    const double height = half * random.uniform(1.1, 1.9);
    const double waist = random.uniform(0.65, 1.0);
    std::vector<std::vector<Vec3d>> sections;
    for (int i = 0; i <= 6; ++i) {
        const double t = i / 6.0;
        const double bulge = 1.0 + 0.12 * std::sin(kPi * t);
        const double scale = bulge * (1 + (waist - 1) * t);
        std::vector<Vec3d> section;
        for (const auto& [x, z] : roundedRectangle(depth * scale, half * scale, depth * 0.6)) {
            section.push_back({x, height * t, -z});
        }
        sections.push_back(section);
    }
    addLoft(
        mesh, sections, [](std::size_t, std::size_t) { return kBagBody; }, kBagBody
    );
    const double bar = random.uniform(0.004, 0.009);
    const double loop = height * random.uniform(0.2, 0.75);
    const double grip = half * waist * random.uniform(0.4, 0.85);
    const auto addHandle = [&](double x) {
        std::vector<Vec3d> line;
        for (int i = 0; i <= 14; ++i) {
            const double angle = kPi * i / 14;
            line.push_back({x, height * 0.97 + loop * std::sin(angle), grip * std::cos(angle)});
        }
        addBar(mesh, kBagHandle, line, bar);
    };
    if (random.chance(0.5)) {
        onBothSides([&](double side) { addHandle(side * depth * waist * 0.7); });
    } else {
        addHandle(0.0);
    }
    return mesh;
}

Mesh makeEarphone(Random& random) {
    Mesh mesh;
    const double half = random.uniform(0.07, 0.09);
    const double rise = half * random.uniform(0.9, 1.4);
    const double cup = random.uniform(0.025, 0.045);
    const double thick = cup * random.uniform(0.4, 0.9);
    std::vector<Vec3d> band;
    for (int i = 0; i <= 18; ++i) {
        const double angle = kPi * i / 18;
        band.push_back({0, rise * std::sin(angle), (half + 0.004) * std::cos(angle)});
    }
    addBar(mesh, kEarphoneBand, band, random.uniform(0.003, 0.009));
    onBothSides([&](double side) {
        addLathe(
            mesh,
            kEarphoneCup,
            {0, -cup * 0.5, side * (half - thick * 0.5)},
            {0, 0, side},
            {{cup * 0.6, -thick * 0.4},
             {cup, -thick * 0.2},
             {cup, thick * 0.4},
             {cup * 0.7, thick},
             {cup * 0.3, thick * 1.1}}
        );
    });
    if (random.chance(0.55)) {
        const double drop = random.uniform(0.08, 0.25);
        const double sway = random.uniform(-0.02, 0.05);
        addBar(
            mesh,
            kEarphoneWire,
            {{0, -cup * 1.4, half},
             {sway, -cup - drop * 0.4, half * 0.7},
             {sway, -cup - drop * 0.8, half * 0.3},
             {0, -cup - drop, 0}},
            0.002,
            6
        );
    }
    return mesh;
}

} // namespace siskin
