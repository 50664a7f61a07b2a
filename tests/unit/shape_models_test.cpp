// SPDX-License-Identifier: MIT
// The parametric shapes and the points on their skin.
#include "core/base/error.hpp"
#include "core/scan/shape_categories.hpp"
#include "datasets/synthetic/shapes/shape_models.hpp"
#include "datasets/synthetic/shapes/shape_parts.hpp"
#include "datasets/synthetic/shapes/surface_sampler.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace siskin::test {
namespace {

Vec3d cornerOf(const Mesh& mesh, std::size_t triangle, std::size_t k) {
    const auto& [x, y, z] = mesh.vertices[mesh.triangles[triangle][k]];
    return {x, y, z};
}

/// Bodies of a mesh: triangles that hang together by common vertices.
std::vector<std::vector<std::size_t>> bodiesOf(const Mesh& mesh) {
    std::vector<std::uint32_t> parent(mesh.vertices.size());
    std::iota(parent.begin(), parent.end(), 0U);
    const auto root = [&](std::uint32_t v) {
        while (parent[v] != v) {
            v = parent[v] = parent[parent[v]];
        }
        return v;
    };
    for (const auto& [a, b, c] : mesh.triangles) {
        parent[root(b)] = root(a);
        parent[root(c)] = root(a);
    }
    std::map<std::uint32_t, std::vector<std::size_t>> bodies;
    for (std::size_t i = 0; i < mesh.triangles.size(); ++i) {
        bodies[root(mesh.triangles[i][0])].push_back(i);
    }
    std::vector<std::vector<std::size_t>> result;
    for (auto& [vertex, triangles] : bodies) {
        result.push_back(std::move(triangles));
    }
    return result;
}

/// Positive when the triangles of a closed body run counter-clockwise seen from outside.
double volumeOf(const Mesh& mesh, const std::vector<std::size_t>& body) {
    double volume = 0.0;
    const Vec3d origin = cornerOf(mesh, body.front(), 0);
    for (const std::size_t i : body) {
        volume +=
            dot(cornerOf(mesh, i, 0) - origin,
                cross(cornerOf(mesh, i, 1) - origin, cornerOf(mesh, i, 2) - origin));
    }
    return volume / 6.0;
}

/// Every edge of a closed, consistently turned body is passed once each way.
bool isClosed(const Mesh& mesh, const std::vector<std::size_t>& body) {
    std::multiset<std::pair<std::uint32_t, std::uint32_t>> edges;
    for (const std::size_t i : body) {
        const auto& [a, b, c] = mesh.triangles[i];
        edges.insert({{a, b}, {b, c}, {c, a}});
    }
    return std::all_of(edges.begin(), edges.end(), [&](const auto& edge) {
        return edges.count(edge) == 1 && edges.count({edge.second, edge.first}) == 1;
    });
}

class ShapeModels : public testing::TestWithParam<std::size_t> {
  protected:
    const ShapeCategory& category() const { return kShapeCategories[GetParam()]; }
};

TEST_P(ShapeModels, BodiesAreClosedAndFaceOutwards) {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        Random random(seed);
        const Mesh mesh = makeShape(GetParam(), random);
        ASSERT_EQ(mesh.tags.size(), mesh.triangles.size());
        for (const auto& body : bodiesOf(mesh)) {
            const MeshTag part = mesh.tags[body.front()];
            ASSERT_TRUE(isClosed(mesh, body)) << category().name << " " << seed << " part " << part;
            EXPECT_GT(volumeOf(mesh, body), 0.0)
                << category().name << " " << seed << " part " << part;
        }
    }
}

TEST_P(ShapeModels, HaveTheirCategorysPartsAndNoOthers) {
    std::set<MeshTag> seen;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        Random random(seed);
        const Mesh mesh = makeShape(GetParam(), random);
        for (const auto& vertex : mesh.vertices) {
            for (const float value : vertex) {
                ASSERT_TRUE(std::isfinite(value)) << category().name << " " << seed;
            }
        }
        const std::set<MeshTag> parts(mesh.tags.begin(), mesh.tags.end());
        for (const MeshTag part : parts) {
            ASSERT_TRUE(category().hasPart(part)) << category().name << " " << part;
        }
        EXPECT_FALSE(parts.empty());
        seen.insert(parts.begin(), parts.end());
    }
    EXPECT_EQ(seen.size(), category().partCount) << category().name;
}

TEST_P(ShapeModels, VaryWithTheSeedAlone) {
    Random first(3), again(3), other(4);
    const Mesh mesh = makeShape(GetParam(), first);
    EXPECT_EQ(mesh.vertices, makeShape(GetParam(), again).vertices);
    EXPECT_NE(mesh.vertices, makeShape(GetParam(), other).vertices);
}

INSTANTIATE_TEST_SUITE_P(
    Categories,
    ShapeModels,
    testing::Range(std::size_t{0}, kShapeCategories.size()),
    [](const auto& test) { return std::string(kShapeCategories[test.param].name); }
);

TEST(ShapeModels, ThereIsNoSeventeenth) {
    Random random(1);
    EXPECT_THROW(makeShape(kShapeCategories.size(), random), ConfigError);
}

TEST(SurfaceSampler, IsUniformOverTheArea) {
    Mesh mesh; // a box whose three pairs of faces have the areas 2, 6 and 3 per face
    addBlock(mesh, 7, {0, 0, 0}, {1, 2, 3});
    Random random(5);
    const SurfaceSample sample = sampleSurface(mesh, 110'000, random);
    std::map<int, double> counts; // by face: axis, and 3 more for the upper one
    double sum = 0.0;
    for (std::size_t i = 0; i < sample.positions.size(); ++i) {
        const Vec3d& n = sample.normals[i];
        const Vec3d& p = sample.positions[i];
        ASSERT_NEAR(length(n), 1.0, 1e-12);
        ASSERT_EQ(sample.tags[i], 7U);
        const int axis = std::abs(n.x) > 0.5 ? 0 : std::abs(n.y) > 0.5 ? 1 : 2;
        const double side = n.x + n.y + n.z;
        ++counts[axis + (side > 0 ? 3 : 0)];
        // On the face that its normal names, so the normal points outwards.
        const double along = axis == 0 ? p.x : axis == 1 ? p.y / 2 : p.z / 3;
        ASSERT_NEAR(along, side > 0 ? 1.0 : 0.0, 1e-9);
        sum += p.z;
    }
    const std::array<double, 3> areas = {6.0, 3.0, 2.0};
    for (const auto& [face, count] : counts) {
        const double expected = 110'000 * areas[static_cast<std::size_t>(face % 3)] / 22.0;
        EXPECT_NEAR(count, expected, 5.0 * std::sqrt(expected)) << face;
    }
    EXPECT_NEAR(sum / 110'000, 1.5, 0.02); // inside the faces as well
}

TEST(SurfaceSampler, RefusesWhatHasNoArea) {
    Random random(1);
    EXPECT_THROW(sampleSurface({}, 10, random), ConfigError);
    Mesh line;
    addFace(line, 0, {0, 0, 0}, {1, 0, 0}, {2, 0, 0});
    EXPECT_THROW(sampleSurface(line, 10, random), ConfigError);
    Mesh block;
    addBlock(block, 0, {0, 0, 0}, {1, 1, 1});
    EXPECT_TRUE(sampleSurface(block, 0, random).positions.empty());
}

TEST(SurfaceSampler, NormalizesTheDiagonalOfTheBox) {
    Mesh mesh;
    addBlock(mesh, 0, {10, 20, 30}, {13, 24, 42});
    normalizeShape(mesh);
    float reach = 0.0F;
    for (const auto& [x, y, z] : mesh.vertices) {
        reach = std::max(reach, std::hypot(x, y, z));
        EXPECT_NEAR(std::abs(y), 2.0F / 13.0F, 1e-6F);
    }
    EXPECT_NEAR(reach, 0.5F, 1e-6F);
    Mesh empty;
    normalizeShape(empty);
    EXPECT_TRUE(empty.empty());
}

} // namespace
} // namespace siskin::test
