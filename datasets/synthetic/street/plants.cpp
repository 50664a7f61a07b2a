// SPDX-License-Identifier: MIT
#include "datasets/synthetic/street/plants.hpp"

#include <numbers>

namespace siskin {

namespace {

MeshTag leavesOf(const Brush& brush, Random& random) {
    return brush.as(StreetKind::Vegetation
    )({static_cast<float>(random.uniform(0.27, 0.40)), 0.09F, 0.035F, 0.05F, 0.10F});
}

Vec3d randomDirection(Random& random) {
    const double z = random.uniform(-1, 1);
    const double angle = random.uniform(0, 2 * std::numbers::pi);
    const double r = std::sqrt(1 - z * z);
    return {r * std::cos(angle), r * std::sin(angle), z};
}

/// A cluster of leaves: one quadrilateral of about `size` across, turned any way.
void addLeaf(Mesh& mesh, MeshTag tag, Random& random, const Vec3d& centre, double size) {
    const Vec3d u = randomDirection(random);
    const Vec3d v = normalized(cross(u, randomDirection(random)));
    const double a = 0.5 * size * random.uniform(0.7, 1.3);
    const double b = 0.5 * size * random.uniform(0.4, 0.9);
    addQuad(mesh, tag, centre - a * u, centre - b * v, centre + a * u, centre + b * v);
}

/// Leaves in an ellipsoid, denser towards its skin.
void addBlob(
    Mesh& mesh,
    MeshTag tag,
    Random& random,
    const Vec3d& centre,
    const Vec3d& half,
    int leaves,
    double size
) {
    for (int i = 0; i < leaves; ++i) {
        const double reach = std::pow(random.uniform(), 0.25);
        const Vec3d out = reach * randomDirection(random);
        const Vec3d place{half.x * out.x, half.y * out.y, half.z * out.z};
        addLeaf(mesh, tag, random, centre + place, size);
    }
}

/// The trunk, slightly crooked; returns its upper end.
Vec3d addTrunk(Mesh& mesh, const Brush& brush, Random& random, double height, double radius) {
    const MeshTag bark = brush.as(StreetKind::Trunk)(material::kBark);
    const Vec3d middle{
        random.gaussian() * 0.03 * height, random.gaussian() * 0.03 * height, 0.5 * height};
    const Vec3d top =
        middle +
        Vec3d{random.gaussian() * 0.03 * height, random.gaussian() * 0.03 * height, 0.5 * height};
    addTube(mesh, bark, {0, 0, -0.3}, {0, 0, 0.25}, 1.5 * radius, 1.1 * radius, 9);
    addTube(mesh, bark, {0, 0, 0.25}, middle, 1.1 * radius, 0.95 * radius, 9);
    addTube(mesh, bark, middle, top, 0.95 * radius, 0.8 * radius, 9);
    return top;
}

void addCrown(
    Mesh& mesh,
    const Brush& brush,
    Random& random,
    const Vec3d& foot,
    double height,
    double width,
    double detail,
    bool bare
) {
    const MeshTag leaves = leavesOf(brush, random);
    const MeshTag wood = brush.as(StreetKind::Vegetation)(material::kBark);
    const int boughs = random.integer(5, 8);
    for (int i = 0; i < boughs; ++i) {
        const double angle = 2 * std::numbers::pi * (i + random.uniform(-0.3, 0.3)) / boughs;
        const double reach = width * random.uniform(0.35, 0.75);
        const double rise = height * random.uniform(0.15, 0.8);
        const Vec3d end = foot + Vec3d{reach * std::cos(angle), reach * std::sin(angle), rise};
        addTube(mesh, wood, foot, end, 0.07, 0.02, 5);
        if (bare) {
            for (int twig = 0; twig < 6; ++twig) {
                const Vec3d from = foot + random.uniform(0.4, 1.0) * (end - foot);
                const double twigLength = random.uniform(0.6, 1.4);
                const Vec3d to =
                    from + twigLength * normalized(randomDirection(random) + Vec3d{0, 0, 0.8});
                addTube(mesh, wood, from, to, 0.03, 0.01, 4);
            }
            continue;
        }
        const double size = width * random.uniform(0.38, 0.55);
        addBlob(
            mesh,
            leaves,
            random,
            end,
            {size, size, 0.75 * size},
            static_cast<int>(80 * detail),
            0.6 / std::sqrt(detail)
        );
    }
    if (!bare) {
        const Vec3d middle = foot + Vec3d{0, 0, 0.5 * height};
        addBlob(
            mesh,
            leaves,
            random,
            middle,
            {0.6 * width, 0.6 * width, 0.5 * height},
            static_cast<int>(220 * detail),
            0.6 / std::sqrt(detail)
        );
    }
}

void addConifer(Mesh& mesh, const Brush& brush, Random& random, double detail) {
    const MeshTag leaves = leavesOf(brush, random);
    const double height = random.uniform(5, 11);
    const double radius = height * random.uniform(0.17, 0.25);
    const double clear = random.uniform(0.4, 1.4);
    addTrunk(mesh, brush, random, clear + 0.4, random.uniform(0.12, 0.2));
    const int count = static_cast<int>(80 * height * detail);
    for (int i = 0; i < count; ++i) {
        const double up = 1.0 - std::sqrt(random.uniform());
        const double r = radius * (1.0 - up) * std::pow(random.uniform(), 0.3);
        const double angle = random.uniform(0, 2 * std::numbers::pi);
        addLeaf(
            mesh,
            leaves,
            random,
            {r * std::cos(angle), r * std::sin(angle), clear + up * (height - clear)},
            0.55 / std::sqrt(detail)
        );
    }
}

} // namespace

void addTree(Mesh& mesh, const Brush& brush, Random& random, TreeKind kind, double detail) {
    if (kind == TreeKind::Conifer) {
        addConifer(mesh, brush, random, detail);
        return;
    }
    const bool young = kind == TreeKind::Young;
    const double trunk = young ? random.uniform(1.6, 2.3) : random.uniform(2.0, 3.6);
    const double radius = young ? random.uniform(0.05, 0.08) : random.uniform(0.13, 0.30);
    const double crown = young ? random.uniform(1.2, 2.0) : random.uniform(3.0, 6.5);
    const double width = young ? random.uniform(0.7, 1.1) : crown * random.uniform(0.45, 0.7);
    const Vec3d foot = addTrunk(mesh, brush, random, trunk, radius);
    addCrown(
        mesh,
        brush,
        random,
        foot,
        crown,
        width,
        young ? 0.5 * detail : detail,
        kind == TreeKind::Bare
    );
}

void addBush(Mesh& mesh, const Brush& brush, Random& random) {
    const MeshTag leaves = leavesOf(brush, random);
    const int blobs = random.integer(1, 3);
    for (int i = 0; i < blobs; ++i) {
        const double size = random.uniform(0.4, 1.0);
        const Vec3d centre{random.gaussian() * 0.5, random.gaussian() * 0.5, 0.7 * size};
        addBlob(
            mesh,
            leaves,
            random,
            centre,
            {size, size, 0.8 * size},
            static_cast<int>(170 * size + 40),
            0.32
        );
    }
}

void addHedge(
    Mesh& mesh, const Brush& brush, Random& random, double length, double depth, double height
) {
    const MeshTag leaves = leavesOf(brush, random);
    // Enough leaves that most rays stop near the skin.
    const double skin = 2 * length * height + length * depth;
    const int count = static_cast<int>(42 * skin);
    for (int i = 0; i < count; ++i) {
        const double side = random.chance(0.5) ? 1.0 : -1.0;
        const double across = side * (1 - 0.7 * std::pow(random.uniform(), 2));
        const bool top = random.chance(0.3);
        const Vec3d place{
            random.uniform(-0.5, 0.5) * length,
            0.5 * depth * (top ? random.uniform(-1, 1) : across),
            top ? height * random.uniform(0.9, 1.0) : height * random.uniform(0.02, 1.0)};
        addLeaf(mesh, leaves, random, place, 0.32);
    }
}

} // namespace siskin
