// SPDX-License-Identifier: MIT
// Lamps that stand, bend or hang. Sizes in metres.
#include "datasets/synthetic/shapes/shape_models.hpp"
#include "datasets/synthetic/shapes/shape_parts.hpp"

#include <numbers>

namespace siskin {

namespace {

constexpr double kPi = std::numbers::pi;

/// A shade open at both ends: thin walls, so that it is a closed body.
void addShade(Mesh& mesh, const Vec3d& bottom, double height, Random& random) {
    const double low = random.uniform(0.12, 0.25);
    const int style = random.integer(0, 3);
    const double wall = 0.006;
    if (style == 3) {
        addEllipsoid(
            mesh,
            kLampShade,
            {bottom.x, bottom.y + height / 2, bottom.z},
            {low, height / 2, low},
            12,
            20
        );
        return;
    }
    const double high = style == 0 ? low : low * random.uniform(0.25, 0.85);
    std::vector<ProfilePoint> profile;
    constexpr int kSteps = 8;
    const double belly = style == 2 ? random.uniform(0.1, 0.35) : 0.0;
    const auto radiusAt = [&](double t) {
        return low + (high - low) * t + belly * low * std::sin(kPi * t);
    };
    for (int i = 0; i <= kSteps; ++i) {
        const double t = static_cast<double>(i) / kSteps;
        profile.push_back({radiusAt(t), t * height});
    }
    for (int i = kSteps; i >= 0; --i) {
        const double t = static_cast<double>(i) / kSteps;
        profile.push_back({radiusAt(t) - wall, t * height});
    }
    profile.push_back(profile.front());
    addLathe(mesh, kLampShade, bottom, {0, 1, 0}, profile);
}

void addLampFoot(Mesh& mesh, double radius, Random& random) {
    const double height = random.uniform(0.015, 0.05);
    if (random.chance(0.25)) {
        addSlab(mesh, kLampBase, roundedRectangle(radius, radius, radius * 0.2), 0, height);
    } else if (random.chance(0.2)) {
        for (int i = 0; i < 3; ++i) {
            const double angle = 2.0 * kPi * i / 3;
            const Vec3d tip{1.3 * radius * std::cos(angle), 0, 1.3 * radius * std::sin(angle)};
            addTube(mesh, kLampBase, tip, {0, radius, 0}, 0.012, 0.012, 6);
        }
    } else {
        const double dome = random.uniform(0.2, 0.8);
        addLathe(
            mesh,
            kLampBase,
            {0, 0, 0},
            {0, 1, 0},
            {{radius, 0}, {radius, height}, {dome * radius, 1.6 * height}, {0.015, 2 * height}}
        );
    }
}

/// Hangs from the ceiling: canopy, cable, shade.
Mesh makePendant(Random& random) {
    Mesh mesh;
    const double drop = random.uniform(0.2, 0.9);
    const double shade = random.uniform(0.12, 0.35);
    const int lights = random.chance(0.3) ? random.integer(2, 5) : 1;
    const double canopy = random.uniform(0.05, 0.09);
    addLathe(
        mesh,
        kLampCanopy,
        {0, shade + drop, 0},
        {0, 1, 0},
        {{canopy * 0.4, -0.03}, {canopy, 0}, {canopy, 0.015}}
    );
    if (lights == 1) {
        addTube(mesh, kLampStem, {0, shade * 0.7, 0}, {0, shade + drop, 0}, 0.006, 0.006, 6);
        addShade(mesh, {0, 0, 0}, shade, random);
        return mesh;
    }
    addTube(mesh, kLampStem, {0, shade, 0}, {0, shade + drop, 0}, 0.015, 0.015, 8);
    for (int i = 0; i < lights; ++i) {
        const double angle = 2.0 * kPi * i / lights;
        const Vec3d at{0.32 * std::cos(angle), 0, 0.32 * std::sin(angle)};
        addBar(
            mesh,
            kLampStem,
            {{0, shade + 0.05, 0},
             {at.x * 0.6, shade - 0.02, at.z * 0.6},
             {at.x, shade * 0.6, at.z}},
            0.008,
            6
        );
        Random same = random; // all lights of a lamp are alike
        addShade(mesh, at, shade * 0.6, same);
    }
    return mesh;
}

/// Two bars with a joint, and a head that looks down.
Mesh makeDeskLamp(Random& random) {
    Mesh mesh;
    addLampFoot(mesh, random.uniform(0.07, 0.11), random);
    const double lower = random.uniform(0.25, 0.4);
    const double upper = random.uniform(0.2, 0.38);
    const double tilt = random.uniform(0.1, 0.5);
    const double bend = random.uniform(0.7, 1.3);
    const Vec3d elbow{-lower * std::sin(tilt), lower * std::cos(tilt), 0};
    const Vec3d head = elbow + upper * Vec3d{std::sin(bend), std::cos(bend), 0};
    addBar(mesh, kLampStem, {{0, 0.02, 0}, elbow, head}, random.uniform(0.006, 0.012));
    const double size = random.uniform(0.05, 0.09);
    const Vec3d down = normalized({random.uniform(0.2, 0.9), -1, 0});
    addLathe(
        mesh,
        kLampShade,
        head,
        down,
        {{0.02, -0.02},
         {size * 0.5, 0.02},
         {size, size * 1.4},
         {size - 0.005, size * 1.4},
         {size * 0.5 - 0.005, 0.025}}
    );
    return mesh;
}

} // namespace

Mesh makeLamp(Random& random) {
    const double style = random.uniform();
    if (style < 0.3) {
        return makePendant(random);
    }
    if (style < 0.5) {
        return makeDeskLamp(random);
    }
    Mesh mesh; // stands on a table or on the floor
    const bool floor = random.chance(0.4);
    const double stem = floor ? random.uniform(0.9, 1.5) : random.uniform(0.15, 0.4);
    const double foot = floor ? random.uniform(0.12, 0.2) : random.uniform(0.06, 0.14);
    if (!floor && random.chance(0.4)) { // a vase for a foot
        const double belly = random.uniform(0.06, 0.13);
        addLathe(
            mesh,
            kLampBase,
            {0, 0, 0},
            {0, 1, 0},
            {{belly * 0.7, 0}, {belly, stem * 0.35}, {belly * 0.8, stem * 0.6}, {0.02, stem * 0.9}}
        );
        addTube(mesh, kLampStem, {0, stem * 0.85, 0}, {0, stem + 0.08, 0}, 0.01, 0.01, 8);
    } else {
        addLampFoot(mesh, foot, random);
        const double radius = random.uniform(0.008, 0.025);
        addTube(mesh, kLampStem, {0, 0.02, 0}, {0, stem + 0.08, 0}, radius, radius, 8);
    }
    addShade(mesh, {0, stem, 0}, random.uniform(0.15, 0.32), random);
    return mesh;
}

} // namespace siskin
