// SPDX-License-Identifier: MIT
// Rays against bodies with known answers, and against every triangle in turn.
#include "core/base/parallel.hpp"
#include "datasets/synthetic/random.hpp"
#include "datasets/synthetic/ray_caster.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace siskin {
namespace {

Ray ray(const Vec3d& from, const Vec3d& along) {
    const Vec3d d = normalized(along);
    return {
        {static_cast<float>(from.x), static_cast<float>(from.y), static_cast<float>(from.z)},
        {static_cast<float>(d.x), static_cast<float>(d.y), static_cast<float>(d.z)}};
}

Vec3d randomDirection(Random& random) {
    return normalized({random.gaussian(), random.gaussian(), random.gaussian()});
}

TEST(RayCaster, HitsAPlaneWhereItLies) {
    Mesh mesh;
    addQuad(mesh, 9, {-50, -50, 0}, {50, -50, 0}, {50, 50, 0}, {-50, 50, 0});
    const RayCaster caster(mesh);
    Random random(1);
    for (int i = 0; i < 500; ++i) {
        const Vec3d from{random.uniform(-5, 5), random.uniform(-5, 5), random.uniform(0.5, 3)};
        const Vec3d d = normalized({random.uniform(-1, 1), random.uniform(-1, 1), -0.3});
        const RayHit hit = caster.cast(ray(from, d));
        ASSERT_TRUE(hit.isHit());
        EXPECT_NEAR(hit.range, from.z / -d.z, 2e-5 * hit.range);
        EXPECT_NEAR(hit.cosIncidence, -d.z, 1e-5);
        EXPECT_EQ(hit.tag, 9U);
        EXPECT_FALSE(caster.cast(ray(from, {d.x, d.y, 0.3})).isHit());
    }
}

TEST(RayCaster, HitsBothSidesOfATriangle) {
    Mesh mesh;
    addFace(mesh, 1, {0, 0, 0}, {1, 0, 0}, {0, 1, 0});
    const RayCaster caster(mesh);
    EXPECT_FLOAT_EQ(caster.cast(ray({0.2, 0.2, 2}, {0, 0, -1})).range, 2.0F);
    EXPECT_FLOAT_EQ(caster.cast(ray({0.2, 0.2, -3}, {0, 0, 1})).range, 3.0F);
    EXPECT_FALSE(caster.cast(ray({0.7, 0.7, 2}, {0, 0, -1})).isHit());
}

TEST(RayCaster, HitsASphereWhereTheFormulaSays) {
    Mesh mesh;
    addEllipsoid(mesh, 2, {3, -1, 2}, {1.5, 1.5, 1.5}, 120, 160);
    const RayCaster caster(mesh);
    Random random(2);
    int hits = 0;
    for (int i = 0; i < 2000; ++i) {
        const Vec3d from = Vec3d{3, -1, 2} + random.uniform(2, 20) * randomDirection(random);
        const Vec3d aim = Vec3d{3, -1, 2} + random.uniform(0, 2) * randomDirection(random);
        const Vec3d d = normalized(aim - from);
        const Vec3d o = from - Vec3d{3, -1, 2};
        const double along = -dot(o, d);
        const double miss = std::sqrt(std::max(0.0, dot(o, o) - along * along));
        const RayHit hit = caster.cast(ray(from, d));
        if (miss > 1.5001) {
            EXPECT_FALSE(hit.isHit());
        } else if (miss < 1.3) { // facets blur the rim
            ASSERT_TRUE(hit.isHit());
            EXPECT_NEAR(hit.range, along - std::sqrt(2.25 - miss * miss), 2e-3);
            EXPECT_NEAR(hit.cosIncidence, std::sqrt(1 - miss * miss / 2.25), 0.05);
            ++hits;
        }
    }
    EXPECT_GT(hits, 500);
}

/// The same question asked of every triangle, in double.
std::optional<double>
bruteForce(const Mesh& mesh, const Vec3d& from, const Vec3d& d, MeshTag& tag) {
    std::optional<double> nearest;
    const auto at = [&](std::uint32_t index) {
        const auto& [x, y, z] = mesh.vertices[index];
        return Vec3d{x, y, z};
    };
    for (std::size_t i = 0; i < mesh.triangles.size(); ++i) {
        const auto& [ia, ib, ic] = mesh.triangles[i];
        const Vec3d a = at(ia), b = at(ib), c = at(ic);
        const Vec3d normal = cross(b - a, c - a);
        const double facing = dot(normal, d);
        const double range = dot(normal, a - from) / facing;
        const Vec3d p = from + range * d;
        const bool inside = dot(cross(b - a, p - a), normal) >= 0 &&
                            dot(cross(c - b, p - b), normal) >= 0 &&
                            dot(cross(a - c, p - c), normal) >= 0;
        if (facing != 0.0 && range > 0 && inside && (!nearest || range < *nearest)) {
            nearest = range;
            tag = mesh.tags[i];
        }
    }
    return nearest;
}

/// Triangles of very different sizes, many of them in one place.
Mesh soup(Random& random, int count) {
    Mesh mesh;
    for (int i = 0; i < count; ++i) {
        const double size = i % 10 == 0 ? 20.0 : random.uniform(0.05, 2.0);
        const Vec3d at =
            i % 7 == 0
                ? Vec3d{1, 1, 1}
                : Vec3d{random.uniform(-20, 20), random.uniform(-20, 20), random.uniform(-3, 3)};
        const Vec3d a = at + size * randomDirection(random);
        const Vec3d b = at + size * randomDirection(random);
        addFace(mesh, static_cast<MeshTag>(i), at, a, b);
    }
    return mesh;
}

TEST(RayCaster, AgreesWithEveryTriangleInTurn) {
    Random random(3);
    const Mesh mesh = soup(random, 700);
    const RayCaster caster(mesh);
    int differing = 0;
    int hits = 0;
    for (int i = 0; i < 3000; ++i) {
        const Vec3d from{random.uniform(-25, 25), random.uniform(-25, 25), random.uniform(-5, 5)};
        // Also straight along the axes, where a direction's inverse is infinite.
        const Vec3d axis{i % 3 == 0 ? 1.0 : 0.0, i % 3 == 1 ? -1.0 : 0.0, i % 3 == 2 ? 1.0 : 0.0};
        const Vec3d d = i % 5 == 0 ? axis : randomDirection(random);
        MeshTag tag = 0;
        const auto expected = bruteForce(mesh, from, d, tag);
        const RayHit hit = caster.cast(ray(from, d));
        const bool same = hit.isHit() == expected.has_value() &&
                          (!expected || (std::abs(hit.range - *expected) < 1e-3 && hit.tag == tag));
        differing += same ? 0 : 1;
        hits += expected ? 1 : 0;
    }
    EXPECT_GT(hits, 1000);
    EXPECT_LE(differing, 3) << "only rays along an edge may differ";
}

TEST(RayCaster, FirstOfTheMeshWinsATie) {
    Mesh mesh;
    for (MeshTag tag = 10; tag < 40; ++tag) { // thirty triangles in one place, and some elsewhere
        addFace(mesh, tag, {0, 0, 0}, {1, 0, 0}, {0, 1, 0});
        addFace(mesh, 100 + tag, {tag + 5.0, 0, 0}, {tag + 6.0, 0, 0}, {tag + 5.0, 1, 0});
    }
    const RayHit hit = RayCaster(mesh).cast(ray({0.25, 0.25, 1}, {0, 0, -1}));
    EXPECT_EQ(hit.tag, 10U);
    EXPECT_EQ(hit.triangle, 0U);
}

TEST(RayCaster, NothingLeaksThroughSharedEdges) {
    Mesh mesh;
    addSheet(mesh, 1, 40, 40, [](int i, int j) { return Vec3d{0.25 * i - 5, 0.25 * j - 5, 0.0}; });
    const RayCaster caster(mesh);
    for (int i = 1; i < 40; ++i) {
        for (int j = 1; j < 40; ++j) { // through corners and through the middles of edges
            EXPECT_TRUE(caster.cast(ray({0.25 * i - 5, 0.25 * j - 5, 3}, {0, 0, -1})).isHit());
            EXPECT_TRUE(
                caster.cast(ray({0.25 * i - 4.875, 0.25 * j - 4.875, 3}, {0, 0, -1})).isHit()
            );
        }
    }
}

TEST(RayCaster, EmptyMeshesAndFlatTrianglesAreMissed) {
    EXPECT_FALSE(RayCaster(Mesh{}).cast(ray({0, 0, 0}, {1, 0, 0})).isHit());
    EXPECT_TRUE(RayCaster(Mesh{}).cast(std::span<const Ray>{}).empty());
    Mesh flat;
    addFace(flat, 1, {0, 0, 0}, {1, 0, 0}, {2, 0, 0});
    addFace(flat, 1, {1, 1, 1}, {1, 1, 1}, {1, 1, 1});
    EXPECT_FALSE(RayCaster(flat).cast(ray({0.5, 0, 1}, {0, 0, -1})).isHit());
}

TEST(RayCaster, LimitCutsOffWhatLiesBehind) {
    Mesh mesh;
    addBox(mesh, 1, {5, 0, 0}, {1, 1, 1});
    const RayCaster caster(mesh);
    EXPECT_FLOAT_EQ(caster.cast(ray({0, 0, 0}, {1, 0, 0}), 4.1F).range, 4.0F);
    EXPECT_FALSE(caster.cast(ray({0, 0, 0}, {1, 0, 0}), 3.9F).isHit());
    EXPECT_FLOAT_EQ(caster.cast(ray({5, 0, 0}, {1, 0, 0})).range, 1.0F) << "from inside";
}

TEST(RayCaster, ThreadsMayShareOne) {
    Random random(4);
    const Mesh mesh = soup(random, 2000);
    const RayCaster caster(mesh);
    std::vector<Ray> rays;
    for (int i = 0; i < 4000; ++i) {
        rays.push_back(ray({random.uniform(-25, 25), 0, 0}, randomDirection(random)));
    }
    const auto expected = caster.cast(rays);
    std::vector<RayHit> hits(rays.size());
    parallelFor(4000, 100, [&](std::int64_t first, std::int64_t last) {
        for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
            hits[i] = caster.cast(rays[i]);
        }
    });
    for (std::size_t i = 0; i < rays.size(); ++i) {
        EXPECT_EQ(hits[i].range, expected[i].range);
        EXPECT_EQ(hits[i].tag, expected[i].tag);
    }
}

} // namespace
} // namespace siskin
