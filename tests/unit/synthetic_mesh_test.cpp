// SPDX-License-Identifier: MIT
// Meshes that should be closed and face outwards, with the volumes of the bodies they stand for.
#include "core/base/error.hpp"
#include "datasets/synthetic/mesh.hpp"
#include "datasets/synthetic/random.hpp"

#include <gtest/gtest.h>

#include <map>
#include <numbers>
#include <set>

namespace siskin {
namespace {

constexpr double kPi = std::numbers::pi;

Vec3d corner(const Mesh& mesh, std::uint32_t index) {
    const auto& [x, y, z] = mesh.vertices[index];
    return {x, y, z};
}

/// By the divergence theorem: positive only when the triangles face outwards.
double signedVolume(const Mesh& mesh) {
    double volume = 0.0;
    for (const auto& [a, b, c] : mesh.triangles) {
        volume += dot(corner(mesh, a), cross(corner(mesh, b), corner(mesh, c))) / 6.0;
    }
    return volume;
}

/// Closed: every edge between two places is run through once each way, whoever owns the vertices.
bool isClosed(const Mesh& mesh) {
    using Place = std::array<float, 3>;
    std::map<std::pair<Place, Place>, int> edges;
    for (const auto& triangle : mesh.triangles) {
        for (std::size_t i = 0; i < 3; ++i) {
            const Place& from = mesh.vertices[triangle[i]];
            const Place& to = mesh.vertices[triangle[(i + 1) % 3]];
            ++edges[{from, to}];
            --edges[{to, from}];
        }
    }
    return std::all_of(edges.begin(), edges.end(), [](const auto& edge) {
        return edge.second == 0;
    });
}

void expectBody(const Mesh& mesh, double volume, double tolerance, MeshTag tag) {
    EXPECT_TRUE(isClosed(mesh));
    EXPECT_NEAR(signedVolume(mesh), volume, tolerance);
    EXPECT_EQ(mesh.tags.size(), mesh.triangles.size());
    EXPECT_EQ(std::set<MeshTag>(mesh.tags.begin(), mesh.tags.end()), std::set<MeshTag>{tag});
}

/// Volume of a regular polygon's share of a circle, which a faceted tube has.
double facets(int sides) {
    return sides * std::sin(2 * kPi / sides) / (2 * kPi);
}

TEST(Mesh, BoxIsClosedAndFacesOutwards) {
    Mesh mesh;
    addBox(mesh, 7, {1, -2, 3}, {0.5, 1.0, 2.0}, Rigid::at({4, 5, 6}, 0.7, 0.3, -0.2));
    expectBody(mesh, 8 * 0.5 * 1.0 * 2.0, 1e-4, 7);
}

TEST(Mesh, TubesBetweenAnyTwoPoints) {
    for (const Vec3d& to : {Vec3d{0, 0, 2}, Vec3d{0, 0, -2}, Vec3d{2, 0, 0}, Vec3d{1.2, -1.6, 0}}) {
        Mesh mesh;
        addTube(mesh, 3, {0, 0, 0}, to, 0.5, 0.5, 12);
        expectBody(mesh, facets(12) * kPi * 0.25 * 2.0, 1e-4, 3);
    }
    Mesh cone;
    addTube(cone, 3, {0, 0, 0}, {0, 3, 0}, 1.0, 0.0, 16);
    EXPECT_NEAR(signedVolume(cone), facets(16) * kPi, 1e-3);
}

TEST(Mesh, EllipsoidNearsItsVolumeFromInside) {
    Mesh mesh;
    addEllipsoid(mesh, 1, {5, 5, 5}, {1.0, 2.0, 0.5}, 40, 60);
    const double exact = 4.0 / 3.0 * kPi;
    expectBody(mesh, exact, 0.01 * exact, 1);
    EXPECT_LT(signedVolume(mesh), exact);
    Mesh coarse;
    addEllipsoid(coarse, 1, {0, 0, 0}, {1, 1, 1}, 2, 3);
    EXPECT_TRUE(isClosed(coarse));
    EXPECT_GT(signedVolume(coarse), 0.0);
}

TEST(Mesh, TorusTurnsItsSkinOutwards) {
    Mesh mesh;
    addTorus(mesh, 2, {1, 2, 3}, {0, 1, 0}, 1.0, 0.2, 48, 24);
    const double exact = 2 * kPi * kPi * 0.2 * 0.2;
    expectBody(mesh, exact, 0.03 * exact, 2);
}

TEST(Mesh, PrismOfAConcaveOutline) {
    const std::vector<Vec2d> ell = {{0, 0}, {3, 0}, {3, 1}, {1, 1}, {1, 3}, {0, 3}};
    Mesh mesh;
    addPrism(mesh, 4, ell, 0.5, 2.5, Rigid::at({1, 1, 1}, 1.0, 0.5, 0.2));
    expectBody(mesh, 5.0 * 2.0, 1e-4, 4);
}

TEST(Mesh, PrismRefusesAnOutlineThatCrossesItselfOrRunsBackwards) {
    Mesh mesh;
    EXPECT_THROW(addPrism(mesh, 0, {{0, 0}, {1, 1}, {1, 0}, {0, 1}}, 0, 1), ConfigError);
    EXPECT_THROW(addPrism(mesh, 0, {{0, 0}, {0, 1}, {1, 1}, {1, 0}}, 0, 1), ConfigError);
}

TEST(Mesh, LoftTagsItsSkinBandByBand) {
    const auto square = [](double z, double half) {
        return std::vector<Vec3d>{
            {-half, -half, z}, {half, -half, z}, {half, half, z}, {-half, half, z}};
    };
    Mesh mesh;
    addLoft(
        mesh,
        {square(0, 1), square(1, 1), square(2, 0.5)},
        [](std::size_t band, std::size_t side) { return static_cast<MeshTag>(10 * band + side); },
        99
    );
    EXPECT_TRUE(isClosed(mesh));
    EXPECT_NEAR(signedVolume(mesh), 4.0 + (4.0 + 2.0 + 1.0) / 3.0, 1e-5);
    std::map<MeshTag, int> triangles;
    for (const MeshTag tag : mesh.tags) {
        ++triangles[tag];
    }
    const std::map<MeshTag, int> expected = {
        {0, 2}, {1, 2}, {2, 2}, {3, 2}, {10, 2}, {11, 2}, {12, 2}, {13, 2}, {99, 8}};
    EXPECT_EQ(triangles, expected);
}

TEST(Mesh, LoftRefusesSectionsThatDoNotMatch) {
    const auto none = [](std::size_t, std::size_t) { return MeshTag{0}; };
    Mesh mesh;
    EXPECT_THROW(addLoft(mesh, {{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}}}, none, 0), ConfigError);
    EXPECT_THROW(
        addLoft(mesh, {{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}}, {{0, 0, 1}, {1, 0, 1}}}, none, 0),
        ConfigError
    );
}

TEST(Mesh, SheetFacesUp) {
    Mesh mesh;
    addSheet(mesh, 1, 3, 2, [](int i, int j) { return Vec3d{1.0 * i, 1.0 * j, 0.1 * i * j}; });
    EXPECT_EQ(mesh.triangles.size(), 12U);
    for (const auto& [a, b, c] : mesh.triangles) {
        const Vec3d from = corner(mesh, a);
        EXPECT_GT(cross(corner(mesh, b) - from, corner(mesh, c) - from).z, 0.0);
    }
}

TEST(Mesh, DiscHasTheAreaOfARing) {
    Mesh mesh;
    addDisc(mesh, 1, {0, 0, 0}, {0, 0, 2}, 2.0, 1.0, 24);
    double area = 0.0;
    for (const auto& [a, b, c] : mesh.triangles) {
        const Vec3d from = corner(mesh, a);
        area += 0.5 * cross(corner(mesh, b) - from, corner(mesh, c) - from).z;
    }
    EXPECT_NEAR(area, facets(24) * kPi * 3.0, 1e-4);
}

TEST(Mesh, AppendMovesAndScales) {
    Mesh part;
    addBox(part, 5, {0, 0, 0}, {1, 1, 1});
    Mesh mesh = part;
    append(mesh, part, Rigid::at({10, 0, 0}, kPi / 2), 2.0);
    EXPECT_TRUE(isClosed(mesh));
    EXPECT_NEAR(signedVolume(mesh), 8.0 + 64.0, 1e-4);
    EXPECT_EQ(mesh.triangles.size(), 24U);
}

TEST(Rigid, InverseUndoesAndProductsCompose) {
    const Rigid a = Rigid::at({1, 2, 3}, 0.4, -0.3, 0.9);
    const Rigid b = Rigid::at({-2, 0, 5}, -1.4, 0.2, 0.1);
    const Vec3d p{0.3, -0.7, 2.0};
    EXPECT_NEAR(length(a.inverse()(a(p)) - p), 0.0, 1e-14);
    EXPECT_NEAR(length((a * b)(p)-a(b(p))), 0.0, 1e-14);
    const Vec3d ahead = Rigid::at({}, kPi / 2).turn({1, 0, 0});
    EXPECT_NEAR(length(ahead - Vec3d{0, 1, 0}), 0.0, 1e-15);
    EXPECT_LT(Rigid::at({}, 0.0, 0.3).turn({1, 0, 0}).z, 0.0) << "pitch lowers the nose";
}

TEST(Random, PartsDifferAndStayInTheirLimits) {
    std::set<std::uint64_t> first;
    for (std::uint64_t part = 0; part < 1000; ++part) {
        first.insert(Random::forPart(5, part).bits());
        first.insert(Random::forPart(6, part).bits());
    }
    EXPECT_EQ(first.size(), 2000U);
    Random random(3);
    std::set<int> drawn;
    double sum = 0.0;
    double squares = 0.0;
    for (int i = 0; i < 20000; ++i) {
        drawn.insert(random.integer(-1, 2));
        const double value = random.gaussian();
        sum += value;
        squares += value * value;
    }
    EXPECT_EQ(drawn, (std::set<int>{-1, 0, 1, 2}));
    EXPECT_NEAR(sum / 20000, 0.0, 0.03);
    EXPECT_NEAR(squares / 20000, 1.0, 0.04);
}

} // namespace
} // namespace siskin
