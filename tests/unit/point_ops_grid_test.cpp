// SPDX-License-Identifier: MIT
// Clouds to grids and back, gathering and interpolation, against models.md 5.1 and 5.3 in float64.
#include "core/base/error.hpp"
#include "core/points/cpu/grid.hpp"
#include "tests/unit/point_ops_test.hpp"

#include <array>
#include <cmath>
#include <gmock/gmock.h>
#include <limits>

namespace siskin {
namespace {

using test::cloudCases;
using test::randomTensor;
using test::relativeError;
using torch::Tensor;

using PointOpsGrid = test::PointOpsTest;

constexpr std::array kResolutions = {1, 2, 5, 8, 16, 32};
constexpr std::array kChannels = {1, 3, 19};

/// Position of every point in float64, [3, N].
Tensor positionInDouble(const Tensor& cloud, int resolution, CloudScale scale) {
    const auto q = cloud.to(torch::kFloat64);
    const auto centred = q - q.mean(1, true);
    const double largest = centred.square().sum(0).sqrt().max().item<double>();
    const auto unit = scale == CloudScale::Half ? (centred + 1) / 2
                      : largest > 0             ? centred / (2 * largest) + 0.5
                                                : torch::full_like(centred, 0.5);
    return (unit * resolution).clamp(0, resolution - 1);
}

TEST_P(PointOpsGrid, PlacesPointsAsSpecified) {
    for (const auto& [name, coords] : cloudCases()) {
        for (const int r : kResolutions) {
            for (const auto scale : {CloudScale::UnitBall, CloudScale::Half}) {
                if (name == "all the same" && scale == CloudScale::UnitBall) {
                    continue; // a test of its own: rounding decides whether the norms are 0
                }
                SCOPED_TRACE(name + ", r " + std::to_string(r));
                const auto placement = ops().placeInGrid(coords, r, scale);
                ASSERT_EQ(placement.resolution, r);
                for (std::int64_t b = 0; b < coords.size(0); ++b) {
                    const auto exact = positionInDouble(coords[b], r, scale);
                    const auto off = (placement.position[b].to(torch::kFloat64) - exact).abs();
                    ASSERT_LT(off.max().item<double>(), 1e-5 * r);
                }
                const auto cell = placement.position.round().to(torch::kInt32);
                const auto flat =
                    (cell.select(1, 0) * r + cell.select(1, 1)) * r + cell.select(1, 2);
                EXPECT_TRUE(torch::equal(placement.voxel, flat));
                EXPECT_EQ(placement.count.sum().item<std::int64_t>(), flat.numel());
                for (std::int64_t b = 0; b < coords.size(0); ++b) {
                    const auto counts = torch::bincount(placement.voxel[b], {}, r * r * r);
                    EXPECT_TRUE(torch::equal(placement.count[b], counts.to(torch::kInt32)));
                }
            }
        }
    }
}

TEST_P(PointOpsGrid, CoincidentPointsGoToTheCentreAndHalvesToEven) {
    const auto same = ops().placeInGrid(torch::full({1, 3, 64}, 0.25F), 5, CloudScale::UnitBall);
    EXPECT_TRUE((same.position == 2.5F).all().item<bool>());
    EXPECT_TRUE((same.voxel == (2 * 5 + 2) * 5 + 2).all().item<bool>()); // 2.5 rounds to 2
    const auto single = ops().placeInGrid(randomTensor({1, 3, 1}, 1), 3, CloudScale::UnitBall);
    EXPECT_TRUE((single.position == 1.5F).all().item<bool>());
    EXPECT_EQ(single.voxel.item<int>(), (2 * 3 + 2) * 3 + 2); // 1.5 rounds to 2
}

TEST_P(PointOpsGrid, VoxelsAreMeansOfTheirPoints) {
    for (const auto& [name, coords] : cloudCases()) {
        for (const int r : kResolutions) {
            const auto placement = ops().placeInGrid(coords, r, CloudScale::UnitBall);
            for (const int channels : kChannels) {
                SCOPED_TRACE(name + ", r " + std::to_string(r));
                const auto features = randomTensor({coords.size(0), channels, coords.size(2)}, 3);
                auto sums = torch::zeros(
                    {coords.size(0), channels, std::int64_t{r} * r * r}, torch::kFloat64
                );
                for (std::int64_t b = 0; b < coords.size(0); ++b) {
                    sums[b].index_add_(1, placement.voxel[b], features[b].to(torch::kFloat64));
                }
                const auto exact = (sums / placement.count.clamp_min(1).unsqueeze(1))
                                       .reshape({coords.size(0), channels, r, r, r});
                EXPECT_LT(relativeError(ops().voxelize(features, placement), exact), 1e-5);
                const auto pointsFirst = features.transpose(1, 2).contiguous().transpose(1, 2);
                EXPECT_LT(relativeError(ops().voxelize(pointsFirst, placement), exact), 1e-5);
            }
        }
    }
}

/// Value of the grid at a position, straight from the definition.
double trilinear(const Tensor& grid, const std::array<double, 3>& at) {
    double sum = 0.0;
    const auto values = grid.accessor<float, 3>();
    for (int corner = 0; corner < 8; ++corner) {
        double weight = 1.0;
        std::array<std::int64_t, 3> cell{};
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const double low = std::floor(at[axis]);
            const bool upper = ((corner >> axis) & 1) != 0;
            weight *= upper ? at[axis] - low : 1.0 - (at[axis] - low);
            cell[axis] = static_cast<std::int64_t>(low) + (upper ? 1 : 0);
        }
        if (weight > 0.0) {
            sum += weight * double{values[cell[0]][cell[1]][cell[2]]};
        }
    }
    return sum;
}

TEST_P(PointOpsGrid, DevoxelisationIsTrilinear) {
    for (const auto& [name, coords] : cloudCases()) {
        for (const int r : kResolutions) {
            SCOPED_TRACE(name + ", r " + std::to_string(r));
            const auto placement = ops().placeInGrid(coords, r, CloudScale::UnitBall);
            const auto grid = randomTensor({coords.size(0), 3, r, r, r}, 4);
            const auto result = ops().devoxelize(grid, placement);
            const std::int64_t step = std::max<std::int64_t>(1, coords.size(2) / 50);
            for (std::int64_t p = 0; p < coords.size(2); p += step) {
                const auto b = p % coords.size(0);
                std::array<double, 3> at{};
                for (std::size_t axis = 0; axis < 3; ++axis) {
                    at[axis] =
                        placement.position[b][static_cast<std::int64_t>(axis)][p].item<double>();
                }
                ASSERT_NEAR(result[b][1][p].item<double>(), trilinear(grid[b][1], at), 1e-5);
            }
        }
    }
}

TEST_P(PointOpsGrid, DevoxelisationScalesAndAdds) {
    const auto coords = randomTensor({2, 3, 301}, 5);
    const auto placement = ops().placeInGrid(coords, 8, CloudScale::UnitBall);
    for (const int channels : {1, 3, 19, 64}) {
        const auto grid = randomTensor({2, channels, 8, 8, 8}, 6);
        const auto scale = randomTensor({2, channels}, 7);
        const auto addend = randomTensor({2, channels, 301}, 8);
        const auto plain = ops().devoxelize(grid, placement).to(torch::kFloat64);
        const auto exact = plain * scale.unsqueeze(2) + addend;
        EXPECT_LT(relativeError(ops().devoxelize(grid, placement, scale, addend), exact), 1e-6);
        EXPECT_LT(
            relativeError(ops().devoxelize(grid, placement, {}, addend), plain + addend), 1e-6
        );
        // Squeeze-and-excitation scales the grid; here it scales what is read from it.
        const auto scaledGrid = grid * scale.reshape({2, channels, 1, 1, 1});
        const auto direct = ops().devoxelize(scaledGrid, placement).to(torch::kFloat64);
        EXPECT_LT(relativeError(ops().devoxelize(grid, placement, scale), direct), 1e-5);
    }
}

TEST_P(PointOpsGrid, ChannelMeansCountEmptyVoxels) {
    for (const int r : kResolutions) {
        const auto grid = randomTensor({2, 19, r, r, r}, 9) + 1.0F;
        const auto exact = grid.to(torch::kFloat64).mean({2, 3, 4});
        EXPECT_LT(relativeError(ops().channelMeans(grid), exact), 1e-6);
    }
}

TEST_P(PointOpsGrid, GathersGroupsAndInterpolates) {
    for (const int channels : kChannels) {
        const auto coords = randomTensor({2, 3, 101}, 10);
        const auto features = randomTensor({2, channels, 101}, 11);
        const auto centreIndex = ops().furthestPoints(coords, 13);
        const auto centres = ops().gather(coords, centreIndex);
        const auto index = ops().nearestNeighbours(coords, centres, 4);
        const auto grouped = ops().gather(features, index);
        const auto around = ops().groupAround(coords, centres, features, index);
        ASSERT_EQ(grouped.sizes().vec(), (std::vector<std::int64_t>{2, channels, 13, 4}));
        ASSERT_EQ(around.sizes().vec(), (std::vector<std::int64_t>{2, 3 + channels, 13, 4}));
        for (std::int64_t b = 0; b < 2; ++b) {
            const auto rows = index[b].flatten();
            const auto expected = features[b].index_select(1, rows).reshape({channels, 13, 4});
            EXPECT_TRUE(torch::equal(grouped[b], expected));
            const auto xyz = coords[b].index_select(1, rows).reshape({3, 13, 4});
            EXPECT_TRUE(torch::equal(around[b].narrow(0, 0, 3), xyz - centres[b].unsqueeze(2)));
            EXPECT_TRUE(torch::equal(around[b].narrow(0, 3, channels), expected));
            EXPECT_TRUE(torch::equal(centres[b], coords[b].index_select(1, centreIndex[b])));
        }
        const auto alone = ops().groupAround(coords, centres, {}, index);
        EXPECT_TRUE(torch::equal(alone, around.narrow(1, 0, 3)));
        const auto three = ops().threeNearest(centres, coords);
        const auto coarse = ops().gather(features, centreIndex);
        const auto exact =
            (ops().gather(coarse, three.index).to(torch::kFloat64) * three.weight.unsqueeze(1))
                .sum(3);
        EXPECT_LT(relativeError(ops().interpolate(coarse, three), exact), 1e-6);
    }
}

TEST_P(PointOpsGrid, RefusesWhatCannotBe) {
    const auto coords = randomTensor({2, 3, 9}, 12);
    const auto placement = ops().placeInGrid(coords, 4, CloudScale::Half);
    EXPECT_THROW(ops().placeInGrid(torch::zeros({0, 3, 9}), 4, CloudScale::Half), DeviceError);
    EXPECT_THROW(ops().placeInGrid(coords, 0, CloudScale::Half), DeviceError);
    EXPECT_THROW(ops().placeInGrid(coords, 257, CloudScale::Half), DeviceError);
    auto broken = coords.clone();
    broken[1][2][3] = std::numeric_limits<float>::quiet_NaN();
    for (const float value : {std::numeric_limits<float>::quiet_NaN(), 3e38F, -2e15F}) {
        broken[1][2][3] = value;
        EXPECT_THAT(
            [&] { ops().placeInGrid(broken, 4, CloudScale::UnitBall); },
            testing::ThrowsMessage<DatasetError>(testing::HasSubstr("point 3 of cloud 1 lies at"))
        );
    }
    EXPECT_NO_THROW(ops().placeInGrid(torch::full({1, 3, 900}, 1e15F), 4, CloudScale::UnitBall));
    EXPECT_THROW(ops().voxelize(torch::zeros({2, 5, 8}), placement), DeviceError);
    EXPECT_THROW(ops().voxelize(torch::zeros({1, 5, 9}), placement), DeviceError);
    EXPECT_THROW(ops().devoxelize(torch::zeros({2, 5, 3, 3, 3}), placement), DeviceError);
    const auto grid = torch::zeros({2, 5, 4, 4, 4});
    EXPECT_THROW(ops().devoxelize(grid, placement, torch::zeros({2, 4})), DeviceError);
    EXPECT_THROW(ops().devoxelize(grid, placement, {}, torch::zeros({2, 5, 8})), DeviceError);
    const auto outside = torch::full({2, 3}, 9, torch::kInt32);
    EXPECT_THROW(ops().gather(coords, outside), DeviceError);
    EXPECT_THROW(ops().gather(coords, -outside), DeviceError);
    EXPECT_THROW(ops().gather(coords, outside.to(torch::kInt64)), DeviceError);
}

INSTANTIATE_TEST_SUITE_P(
    Implementations, PointOpsGrid, test::implementations(), test::implementationName
);

TEST(PointOpsGridCpu, PlacesPointsInsideTheGridWhateverTheyAre) {
    const auto wild = torch::full({1, 3, 8}, 3e38F); // their sum is infinite
    for (const auto scale : {CloudScale::UnitBall, CloudScale::Half}) {
        const auto placement = points::placeInGrid(wild, 4, scale);
        EXPECT_TRUE((placement.position >= 0).all().item<bool>());
        EXPECT_TRUE((placement.position <= 3).all().item<bool>());
    }
}

TEST(PointOpsGridReference, LetsGradientsThrough) {
    const auto ops = makeReferencePointOps();
    const auto coords = randomTensor({2, 3, 50}, 13);
    const auto placement = ops->placeInGrid(coords, 4, CloudScale::UnitBall);
    const auto features = randomTensor({2, 5, 50}, 14).requires_grad_();
    const auto weight = randomTensor({6, 5, 3, 3, 3}, 15).requires_grad_();
    const auto grid =
        ops->convolve(ops->voxelize(features, placement), *ops->prepareConv(weight, {}, 0.1F));
    ops->devoxelize(grid, placement).square().sum().backward();
    EXPECT_GT(features.grad().abs().sum().item<double>(), 0.0);
    EXPECT_GT(weight.grad().abs().sum().item<double>(), 0.0);
}

TEST(PointOpsGridCpu, SameBitsInEverySettingOfThreads) {
    const auto coords = randomTensor({2, 3, 2048}, 16);
    const auto features = randomTensor({2, 19, 2048}, 17);
    const auto reference = makeReferencePointOps();
    const auto placement = reference->placeInGrid(coords, 16, CloudScale::UnitBall);
    const auto grid = reference->voxelize(features, placement);
    const auto means = reference->channelMeans(grid);
    const auto back = reference->devoxelize(grid, placement, means, features);
    test::forEverySetting([&](const std::string& setting) {
        SCOPED_TRACE(setting);
        const auto cpu = makeCpuPointOps();
        const auto mine = cpu->placeInGrid(coords, 16, CloudScale::UnitBall);
        EXPECT_TRUE(torch::equal(mine.voxel, placement.voxel));
        EXPECT_TRUE(torch::equal(mine.position, placement.position));
        EXPECT_TRUE(torch::equal(mine.count, placement.count));
        EXPECT_TRUE(torch::equal(cpu->voxelize(features, placement), grid));
        EXPECT_LT(relativeError(cpu->channelMeans(grid), means.to(torch::kFloat64)), 1e-6);
        EXPECT_TRUE(torch::equal(cpu->devoxelize(grid, placement, means, features), back));
    });
}

} // namespace
} // namespace siskin
