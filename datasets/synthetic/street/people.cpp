// SPDX-License-Identifier: MIT
#include "datasets/synthetic/street/people.hpp"

#include <numbers>

namespace siskin {

namespace {

/// Two segments with the joint bent towards `bend`.
void addLimb(
    Mesh& mesh,
    MeshTag tag,
    const Vec3d& from,
    const Vec3d& to,
    const Vec3d& bend,
    double thick,
    double thin
) {
    const Vec3d joint = 0.5 * (from + to) + bend;
    addTube(mesh, tag, from, joint, thick, 0.8 * thick, 7);
    addTube(mesh, tag, joint, to, 0.8 * thick, thin, 7);
}

/// Torso from hips to shoulders, neck and head; returns the point between the shoulders.
Vec3d addTrunkAndHead(Mesh& mesh, const Figure& figure, const Vec3d& hips, const Vec3d& lean) {
    const double h = figure.height;
    const double g = figure.girth;
    const Vec3d up = normalized(Vec3d{0, 0, 1} + lean);
    const Vec3d ahead = cross({0, 1, 0}, up);
    const auto ring = [&](double along, double halfDepth, double halfWidth) {
        std::vector<Vec3d> points;
        for (int i = 0; i < 10; ++i) {
            const double angle = 2.0 * std::numbers::pi * i / 10;
            points.push_back(
                hips + along * h * up + halfDepth * g * h * std::cos(angle) * ahead +
                Vec3d{0, halfWidth * g * h * std::sin(angle), 0}
            );
        }
        return points;
    };
    const std::vector sections{
        ring(-0.04, 0.055, 0.085),
        ring(0.04, 0.062, 0.095),
        ring(0.13, 0.06, 0.088),
        ring(0.24, 0.066, 0.115),
        ring(0.30, 0.05, 0.11),
        ring(0.325, 0.03, 0.045)};
    addLoft(
        mesh, sections, [&](std::size_t, std::size_t) { return figure.clothes; }, figure.clothes
    );
    const Vec3d neck = hips + 0.31 * h * up;
    addTube(mesh, figure.skin, neck, neck + 0.06 * h * up, 0.03 * h, 0.03 * h, 7);
    addEllipsoid(
        mesh, figure.skin, neck + Vec3d{0.01, 0, 0.1 * h}, {0.057 * h, 0.046 * h, 0.068 * h}, 6, 9
    );
    if (figure.backpack) {
        const Vec3d back = hips + 0.19 * h * up - 0.11 * h * ahead;
        addEllipsoid(mesh, figure.clothes, back, {0.08 * h, 0.09 * h, 0.13 * h}, 5, 8);
    }
    return hips + 0.285 * h * up;
}

} // namespace

Figure::Figure(const Brush& brush, Random& random) {
    const bool child = random.chance(0.12);
    height = child ? random.uniform(1.1, 1.4) : random.uniform(1.55, 1.92);
    girth = random.uniform(0.92, 1.25);
    const auto cloth = [&] {
        return brush({static_cast<float>(random.uniform(0.1, 0.55)), 0.08F, 0.008F, 0.05F, 0.0F});
    };
    clothes = cloth();
    trousers = cloth();
    skin = brush({0.35F, 0.08F, 0.0F, 0.05F, 0.0F});
    backpack = random.chance(0.3);
    coat = random.chance(0.2);
    stride = random.uniform(0.3, 0.48);
}

void addWalker(Mesh& mesh, const Figure& figure, double phase) {
    const double h = figure.height;
    const Vec3d hips{0, 0, 0.52 * h};
    const double swing = figure.stride * std::sin(2.0 * std::numbers::pi * phase);
    for (const double side : {-1.0, 1.0}) {
        const double angle = side * swing;
        const Vec3d hip = hips + Vec3d{0, side * 0.05 * h, 0};
        const Vec3d ankle = hip + 0.49 * h * Vec3d{std::sin(angle), 0, -std::cos(angle)};
        // The knee of the leg that swings back bends.
        const Vec3d bend{0.02 * h + 0.05 * h * std::max(0.0, -angle), 0, 0};
        addLimb(mesh, figure.trousers, hip, ankle, bend, 0.052 * h * figure.girth, 0.028 * h);
        addBox(
            mesh,
            figure.trousers,
            ankle + Vec3d{0.045 * h, 0, -0.008 * h},
            {0.075 * h, 0.026 * h, 0.022 * h}
        );
    }
    const Vec3d shoulders = addTrunkAndHead(mesh, figure, hips, {0.05, 0, 0});
    for (const double side : {-1.0, 1.0}) {
        const double angle = -0.9 * side * swing;
        const Vec3d shoulder = shoulders + Vec3d{0, side * 0.115 * h * figure.girth, 0};
        const Vec3d hand =
            shoulder + 0.35 * h * Vec3d{std::sin(angle), 0.12 * side, -std::cos(angle)};
        addLimb(mesh, figure.clothes, shoulder, hand, {-0.025 * h, 0, 0}, 0.03 * h, 0.02 * h);
    }
    if (figure.coat) {
        addTube(
            mesh,
            figure.clothes,
            {0, 0, 0.28 * h},
            hips + Vec3d{0, 0, 0.05 * h},
            0.12 * h,
            0.085 * h,
            10
        );
    }
}

void addCyclist(Mesh& mesh, const Figure& figure, double phase) {
    const double h = figure.height;
    const Vec3d hips{-0.2, 0, 0.98};
    const double turn = 2.0 * std::numbers::pi * phase;
    for (const double side : {-1.0, 1.0}) {
        const Vec3d hip = hips + Vec3d{0, side * 0.08, 0};
        const Vec3d pedal{
            -0.08 + 0.17 * side * std::cos(turn), side * 0.12, 0.29 + 0.17 * side * std::sin(turn)};
        addLimb(mesh, figure.trousers, hip, pedal, {0.22, 0, 0.06}, 0.08, 0.045);
        addBox(mesh, figure.trousers, pedal + Vec3d{0.06, 0, 0}, {0.13, 0.045, 0.04});
    }
    const Vec3d shoulders = addTrunkAndHead(mesh, figure, hips, {0.42, 0, 0});
    for (const double side : {-1.0, 1.0}) {
        const Vec3d shoulder = shoulders + Vec3d{0, side * 0.11 * h, 0};
        addLimb(
            mesh,
            figure.clothes,
            shoulder,
            {0.32, side * 0.27, 1.05},
            {-0.03, side * 0.04, -0.06},
            0.05,
            0.035
        );
    }
}

void addMotorRider(Mesh& mesh, const Figure& figure) {
    const double h = figure.height;
    const Vec3d hips{-0.32, 0, 0.95};
    for (const double side : {-1.0, 1.0}) {
        const Vec3d hip = hips + Vec3d{0, side * 0.1, 0};
        addLimb(
            mesh,
            figure.trousers,
            hip,
            {-0.05, side * 0.26, 0.34},
            {0.24, side * 0.06, 0.05},
            0.095,
            0.06
        );
        addBox(mesh, figure.trousers, {0.02, side * 0.26, 0.31}, {0.14, 0.05, 0.05});
    }
    const Vec3d shoulders = addTrunkAndHead(mesh, figure, hips, {0.25, 0, 0});
    for (const double side : {-1.0, 1.0}) {
        const Vec3d shoulder = shoulders + Vec3d{0, side * 0.11 * h, 0};
        addLimb(
            mesh,
            figure.clothes,
            shoulder,
            {0.3, side * 0.35, 1.07},
            {-0.02, side * 0.06, -0.08},
            0.06,
            0.045
        );
    }
    // The helmet is what the head disappears in.
    addEllipsoid(
        mesh, figure.clothes, shoulders + Vec3d{0.05, 0, 0.135 * h}, {0.15, 0.135, 0.16}, 6, 10
    );
}

} // namespace siskin
