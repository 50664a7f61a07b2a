// SPDX-License-Identifier: MIT
// Point <-> voxel operators against their definition (models.md 2.2, 2.3).
#include "core/base/error.hpp"
#include "tests/support/sparse_cases.hpp"
#include "tests/support/sparse_implementations.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace siskin {
namespace {

using test::randomMatrix;

class PointVoxel : public testing::TestWithParam<std::shared_ptr<const SparseOps>> {
  protected:
    const SparseOps& ops() const { return *GetParam(); }
};

struct Scene {
    torch::Tensor points; ///< float32 [P, 4]
    VoxelSet voxels;
    int stride;
};

/// Points with fractional and negative coordinates, and a level that lacks some of their corners.
Scene makeScene(const SparseOps& ops, int stride, bool integers) {
    auto points = torch::cat({torch::zeros({700, 1}), randomMatrix(700, 3, 71) * 12}, 1);
    if (integers) {
        points = torch::floor(points);
    }
    const auto cells =
        torch::floor(points / torch::tensor({1.0F, float(stride), float(stride), float(stride)}));
    return {points, ops.unique(cells.to(torch::kInt32)).voxels, stride};
}

/// Trilinear interpolation of one point straight from the definition, in double.
std::vector<double>
interpolate(const Scene& scene, const torch::Tensor& features, std::int64_t point) {
    std::map<std::array<int, 3>, std::int64_t> index;
    const auto coords = scene.voxels.coords.accessor<std::int32_t, 2>();
    for (std::int64_t v = 0; v < scene.voxels.size(); ++v) {
        index[{coords[v][1], coords[v][2], coords[v][3]}] = v;
    }
    const auto p = scene.points[point];
    std::array<double, 3> fraction{};
    std::array<int, 3> base{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double scaled = p[static_cast<std::int64_t>(axis) + 1].item<double>() / scene.stride;
        base[axis] = static_cast<int>(std::floor(scaled));
        fraction[axis] = scaled - base[axis];
    }
    std::vector<double> sum(static_cast<std::size_t>(features.size(1)), 0.0);
    double total = 0.0;
    for (int corner = 0; corner < 8; ++corner) {
        const std::array<int, 3> d = {corner >> 2, (corner >> 1) & 1, corner & 1};
        double weight = 1.0;
        for (std::size_t axis = 0; axis < 3; ++axis) {
            weight *= d[axis] ? fraction[axis] : 1.0 - fraction[axis];
        }
        const auto found = index.find({base[0] + d[0], base[1] + d[1], base[2] + d[2]});
        if (found == index.end()) {
            continue;
        }
        total += weight;
        for (std::size_t c = 0; c < sum.size(); ++c) {
            sum[c] += weight * features[found->second][static_cast<std::int64_t>(c)].item<double>();
        }
    }
    for (auto& value : sum) {
        value /= total + 1e-8;
    }
    return sum;
}

TEST_P(PointVoxel, InterpolationFollowsTheDefinition) {
    for (const int stride : {1, 4, 16}) {
        const auto scene = makeScene(ops(), stride, stride == 4);
        const auto features = randomMatrix(scene.voxels.size(), 3, 72);
        const auto map = ops().mapPoints(scene.points, scene.voxels, stride);
        const auto result = ops().voxelsToPoints(features, map);
        for (std::int64_t p = 0; p < scene.points.size(0); p += 7) {
            const auto expected = interpolate(scene, features, p);
            for (std::size_t c = 0; c < expected.size(); ++c) {
                ASSERT_NEAR(
                    result[p][static_cast<std::int64_t>(c)].item<double>(), expected[c], 2e-5
                ) << "stride "
                  << stride << ", point " << p;
            }
        }
    }
}

TEST_P(PointVoxel, MeansPerVoxelAndZeroWithoutPoints) {
    const auto scene = makeScene(ops(), 4, false);
    // One voxel more than the points fill.
    const auto extra = torch::tensor({{0, 900, 900, 900}}, torch::kInt32);
    const auto voxels = ops().unique(torch::cat({scene.voxels.coords, extra})).voxels;
    const auto map = ops().mapPoints(scene.points, voxels, 4);
    const auto features = randomMatrix(scene.points.size(0), 5, 73);
    const auto result = ops().pointsToVoxels(features, map);
    ASSERT_EQ(result.size(0), voxels.size());
    EXPECT_TRUE((result[voxels.size() - 1] == 0).all().item<bool>());
    for (std::int64_t v = 0; v + 1 < voxels.size(); v += 3) {
        const auto members = torch::nonzero(map.voxel == v).select(1, 0);
        ASSERT_GT(members.size(0), 0);
        EXPECT_TRUE(
            torch::allclose(result[v], features.index_select(0, members).mean(0), 1e-4, 1e-5)
        );
    }
}

TEST_P(PointVoxel, PointsOutsideEveryVoxelAreIgnoredOneWayAndZeroTheOther) {
    const auto voxels = ops().unique(torch::tensor({{0, 0, 0, 0}}, torch::kInt32)).voxels;
    const auto points = torch::tensor({{0.0F, 0.5F, 0.5F, 0.5F}, {0.0F, 50.0F, 0.0F, 0.0F}});
    const auto map = ops().mapPoints(points, voxels, 1);
    EXPECT_EQ(map.voxel[0].item<int>(), 0);
    EXPECT_EQ(map.voxel[1].item<int>(), -1);
    const auto mean = ops().pointsToVoxels(torch::tensor({{3.0F}, {100.0F}}), map);
    EXPECT_FLOAT_EQ(mean[0][0].item<float>(), 3.0F);
    const auto back = ops().voxelsToPoints(mean, map);
    EXPECT_NEAR(
        back[0][0].item<float>(), 3.0F, 1e-5F
    ); // only the base corner exists: re-normalised
    EXPECT_FLOAT_EQ(back[1][0].item<float>(), 0.0F);
}

TEST_P(PointVoxel, AddendIsAdded) {
    const auto scene = makeScene(ops(), 1, true);
    const auto map = ops().mapPoints(scene.points, scene.voxels, 1);
    const auto features = randomMatrix(scene.voxels.size(), 4, 74);
    const auto addend = randomMatrix(scene.points.size(0), 4, 75);
    EXPECT_TRUE(torch::allclose(
        ops().voxelsToPoints(features, map, addend),
        ops().voxelsToPoints(features, map) + addend,
        1e-5,
        1e-6
    ));
    // Integer points at stride 1 sit on their own voxel: interpolation is the identity.
    EXPECT_TRUE(torch::allclose(
        ops().voxelsToPoints(features, map),
        features.index_select(0, map.voxel.to(torch::kInt64)),
        1e-6,
        1e-6
    ));
}

TEST_P(PointVoxel, EmptyScene) {
    const auto voxels = ops().unique(torch::empty({0, 4}, torch::kInt32)).voxels;
    const auto map = ops().mapPoints(torch::empty({0, 4}), voxels, 1);
    EXPECT_EQ(ops().pointsToVoxels(torch::empty({0, 3}), map).size(0), 0);
    EXPECT_EQ(ops().voxelsToPoints(torch::empty({0, 3}), map).size(0), 0);
}

TEST_P(PointVoxel, LabelsAreThoseOfThePointsVoxels) {
    auto logits = randomMatrix(37, 24, 79).narrow(1, 2, 19); // rows are strided
    logits[5].fill_(1.5F);                                   // the first of equals
    const auto pointToVoxel = torch::randint(0, 37, {1000}, torch::kInt64);
    pointToVoxel[0] = 5;
    std::vector<std::uint8_t> ids(1000, 255);
    std::vector<float> confidence(1000, -1.0F);
    ops().labelPoints(logits, pointToVoxel, ids, confidence);
    const auto softmax = logits.to(torch::kFloat64).softmax(1);
    const auto best = logits.argmax(1);
    for (std::size_t p = 0; p < ids.size(); ++p) {
        const auto v = pointToVoxel[static_cast<std::int64_t>(p)].item<std::int64_t>();
        const std::int64_t expected = v == 5 ? 0 : best[v].item<std::int64_t>();
        ASSERT_EQ(ids[p], expected) << p;
        ASSERT_NEAR(confidence[p], softmax[v][expected].item<double>(), 1e-6) << p;
    }
}

TEST_P(PointVoxel, LabelsNeedRoomForEveryPoint) {
    const auto logits = randomMatrix(3, 4, 80);
    const auto pointToVoxel = torch::tensor({0, 2}, torch::kInt64);
    std::vector<std::uint8_t> ids(2);
    std::vector<float> confidence(2);
    std::vector<float> few(1);
    EXPECT_NO_THROW(ops().labelPoints(logits, pointToVoxel, ids, confidence));
    EXPECT_THROW(ops().labelPoints(logits, pointToVoxel, ids, few), DeviceError);
    const auto narrow = pointToVoxel.to(torch::kInt32);
    EXPECT_THROW(ops().labelPoints(logits, narrow, ids, confidence), DeviceError);
    const auto none = torch::empty({3, 0});
    EXPECT_THROW(ops().labelPoints(none, pointToVoxel, ids, confidence), DeviceError);
    const auto half = logits.to(torch::kFloat16);
    EXPECT_THROW(ops().labelPoints(half, pointToVoxel, ids, confidence), DeviceError);
}

INSTANTIATE_TEST_SUITE_P(
    Implementations,
    PointVoxel,
    testing::ValuesIn(test::sparseImplementations()),
    [](const auto& implementation) { return implementation.param->name(); }
);

} // namespace
} // namespace siskin
