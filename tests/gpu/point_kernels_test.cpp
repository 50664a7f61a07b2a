// SPDX-License-Identifier: MIT
// Every way through the kernels of points_*.cu that sizes and layouts choose, against the
// reference: the same neighbours, and the same bits where only float32 sums in a stated order are
// involved.
#include "core/base/error.hpp"
#include "tests/unit/point_ops_test.hpp"

#include <limits>

namespace siskin {
namespace {

using test::randomTensor;
using torch::Tensor;

/// Integers within [-side, side], so that many distances are equal, with as many negatives: sums
/// are exact, and the mean of each cloud is 0 however it is summed.
Tensor balancedCloud(std::int64_t clouds, std::int64_t half, int side, std::uint64_t seed) {
    torch::manual_seed(seed);
    const auto points = torch::randint(-side, side + 1, {clouds, 3, half}).to(torch::kFloat32);
    return torch::cat({points, -points}, 2);
}

/// The same values with other strides.
std::vector<std::pair<std::string, Tensor>> layoutsOf(const Tensor& features) {
    const auto channelsLast = features.transpose(1, 2).contiguous();
    const auto wider = torch::cat({channelsLast, channelsLast, channelsLast}, 2);
    const std::int64_t channels = features.size(1);
    return {
        {"channels-first", features.contiguous()},
        {"channels-last", channelsLast.transpose(1, 2)},
        {"columns of a wider tensor", wider.narrow(2, channels, channels).transpose(1, 2)},
        {"every other point", torch::stack({features, features}, 3).flatten(2).slice(2, 0, {}, 2)},
    };
}

class PointKernels : public testing::Test {
  protected:
    std::shared_ptr<const PointOps> cuda = test::pointImplementations().front();
    std::shared_ptr<const PointOps> reference = makeReferencePointOps();
};

TEST_F(PointKernels, FurthestPointsOfCloudsOfAnySize) {
    const std::int64_t sizes[] = {
        1, 31, 127, 512, 513, 1000, 1024, 1025, 2048, 2049, 4096, 4097, 8192, 8193, 9300};
    for (const std::int64_t points : sizes) {
        SCOPED_TRACE(points);
        torch::manual_seed(1);
        const auto cloud = torch::randint(-4, 5, {2, 3, points}).to(torch::kFloat32);
        const auto columns = cloud.transpose(1, 2).contiguous().transpose(1, 2);
        const auto exact = reference->furthestPoints(cloud, 12);
        EXPECT_TRUE(torch::equal(cuda->furthestPoints(cloud, 12), exact));
        EXPECT_TRUE(torch::equal(cuda->furthestPoints(columns, 12), exact));
    }
}

TEST_F(PointKernels, NearestNeighboursOfAnyCount) {
    const auto cloud = balancedCloud(2, 200, 5, 2);
    const auto columns = cloud.transpose(1, 2).contiguous().transpose(1, 2);
    const auto queries = cloud.narrow(2, 0, 7) + 0.5F;
    for (const std::int64_t count : {1, 31, 32, 33, 64, 65, 127, 128, 129, 256, 300, 400}) {
        SCOPED_TRACE(count);
        const auto exact = reference->nearestNeighbours(cloud, queries, count);
        EXPECT_TRUE(torch::equal(cuda->nearestNeighbours(cloud, queries, count), exact));
        EXPECT_TRUE(torch::equal(cuda->nearestNeighbours(columns, queries, count), exact));
    }
}

TEST_F(PointKernels, NearestNeighboursInFeatureSpaces) {
    for (const std::int64_t dimensions : {1, 4, 5, 64}) {
        SCOPED_TRACE(dimensions);
        const auto features = (randomTensor({2, dimensions, 150}, 3) * 2).round();
        for (const auto& [name, points] : layoutsOf(features)) {
            SCOPED_TRACE(name);
            const auto exact = reference->nearestNeighbours(points, points.narrow(2, 3, 9), 40);
            EXPECT_TRUE(
                torch::equal(cuda->nearestNeighbours(points, points.narrow(2, 3, 9), 40), exact)
            );
        }
    }
}

TEST_F(PointKernels, NeighboursThatAreInfinitelyFar) {
    const auto cloud = randomTensor({1, 3, 70}, 4) * 1e25F; // squares overflow
    const auto exact = reference->nearestNeighbours(cloud, cloud, 70);
    EXPECT_TRUE(torch::equal(cuda->nearestNeighbours(cloud, cloud, 70), exact));
    const auto three = reference->threeNearest(cloud, cloud);
    EXPECT_TRUE(torch::equal(cuda->threeNearest(cloud, cloud).index, three.index));
    EXPECT_TRUE(torch::equal(cuda->threeNearest(cloud, cloud).weight, three.weight));
    const auto chosen = reference->furthestPoints(cloud, 40);
    EXPECT_TRUE(torch::equal(cuda->furthestPoints(cloud, 40), chosen));
}

TEST_F(PointKernels, BallsOfAnyCount) {
    const auto cloud = balancedCloud(2, 300, 4, 5);
    const auto columns = cloud.transpose(1, 2).contiguous().transpose(1, 2);
    for (const float radius : {0.5F, 1.0F, 3.0F, 100.0F}) {
        for (const std::int64_t count : {1, 32, 33, 100, 700}) {
            SCOPED_TRACE(std::to_string(radius) + ", " + std::to_string(count));
            const auto centres = cloud.narrow(2, 5, 6);
            const auto exact = reference->ballNeighbours(cloud, centres, radius, count);
            EXPECT_TRUE(torch::equal(cuda->ballNeighbours(cloud, centres, radius, count), exact));
            EXPECT_TRUE(torch::equal(cuda->ballNeighbours(columns, centres, radius, count), exact));
        }
    }
}

TEST_F(PointKernels, ThreeNearestAndTheirBlend) {
    for (const std::int64_t points : {1, 2, 3, 7, 8, 9, 100}) {
        SCOPED_TRACE(points);
        const auto coords = randomTensor({2, 3, points}, 6).round();
        const auto queries = randomTensor({2, 3, 37}, 7);
        const auto exact = reference->threeNearest(coords, queries);
        const auto found = cuda->threeNearest(coords, queries);
        EXPECT_TRUE(torch::equal(found.index, exact.index));
        EXPECT_TRUE(torch::equal(found.weight, exact.weight));
        for (const std::int64_t channels : {1, 3, 4, 9, 132}) {
            const auto values = randomTensor({2, channels, points}, 8);
            for (const auto& [name, features] : layoutsOf(values)) {
                SCOPED_TRACE(name + " of " + std::to_string(channels));
                EXPECT_TRUE(torch::equal(
                    cuda->interpolate(features, exact), reference->interpolate(features, exact)
                ));
            }
        }
    }
}

TEST_F(PointKernels, PlacesPointsLikeTheReference) {
    for (const std::int64_t half : {1, 700}) {
        const auto cloud = balancedCloud(3, half, 9, 9);
        for (const auto scale : {CloudScale::UnitBall, CloudScale::Half}) {
            for (const int r : {1, 3, 16}) {
                const auto exact = reference->placeInGrid(cloud, r, scale);
                const auto placement = cuda->placeInGrid(cloud, r, scale);
                EXPECT_TRUE(torch::equal(placement.position, exact.position)) << r;
                EXPECT_TRUE(torch::equal(placement.voxel, exact.voxel)) << r;
                EXPECT_TRUE(torch::equal(placement.count, exact.count)) << r;
            }
        }
    }
}

TEST_F(PointKernels, VoxelsAndBackInEveryLayout) {
    const auto cloud = randomTensor({2, 3, 301}, 10);
    for (const int r : {1, 2, 7}) {
        const auto placement = reference->placeInGrid(cloud, r, CloudScale::UnitBall);
        for (const std::int64_t channels : {1, 4, 9, 20, 132}) {
            const auto values = randomTensor({2, channels, 301}, 11);
            const auto scale = randomTensor({2, channels}, 12);
            const auto grid = reference->voxelize(values, placement);
            const auto plain = reference->devoxelize(grid, placement);
            const auto full = reference->devoxelize(grid, placement, scale, values);
            for (const auto& [name, features] : layoutsOf(values)) {
                SCOPED_TRACE(name + " of " + std::to_string(channels) + ", " + std::to_string(r));
                EXPECT_TRUE(torch::equal(cuda->voxelize(features, placement), grid));
                EXPECT_TRUE(torch::equal(cuda->devoxelize(grid, placement, scale, features), full));
            }
            const auto channelsLast = grid.contiguous(at::MemoryFormat::ChannelsLast3d);
            EXPECT_TRUE(torch::equal(cuda->devoxelize(channelsLast, placement), plain));
        }
    }
}

TEST_F(PointKernels, ReadsOnlyTheVoxelThatAPointIsIn) {
    constexpr int kResolution = 3;
    const auto voxel = torch::zeros({1, 5}, torch::kInt32);
    for (const int place : {0, 1, 2}) {
        const GridPlacement placement{
            torch::full({1, 3, 5}, static_cast<float>(place)), voxel, voxel, kResolution};
        for (const std::int64_t channels : {3, 4}) {
            auto grid = torch::full({1, channels, 3, 3, 3}, std::numeric_limits<float>::infinity());
            grid.select(2, place).select(2, place).select(2, place) = 2.0F;
            EXPECT_TRUE((cuda->devoxelize(grid, placement) == 2.0F).all().item<bool>()) << place;
        }
    }
}

TEST_F(PointKernels, ChannelMeansOfManyParts) {
    for (const int r : {1, 6, 7, 21}) {
        for (const std::int64_t channels : {1, 32, 45}) {
            const auto grid = randomTensor({2, channels, r, r, r}, 13) + 0.5F;
            const auto exact = grid.to(torch::kFloat64).mean({2, 3, 4});
            EXPECT_LT(test::relativeError(cuda->channelMeans(grid), exact), 1e-7) << r;
        }
    }
}

TEST_F(PointKernels, GathersFromEveryLayout) {
    const auto coords = randomTensor({2, 3, 90}, 14);
    const auto index = reference->nearestNeighbours(coords, coords, 5);
    const auto single = reference->furthestPoints(coords, 11);
    for (const std::int64_t channels : {1, 4, 9, 132}) {
        for (const auto& [name, features] : layoutsOf(randomTensor({2, channels, 90}, 15))) {
            SCOPED_TRACE(name + " of " + std::to_string(channels));
            const auto one = reference->gather(features, single);
            const auto many = reference->gather(features, index);
            const auto grouped = reference->groupAround(coords, coords, features, index);
            EXPECT_TRUE(torch::equal(cuda->gather(features, single), one));
            EXPECT_TRUE(torch::equal(cuda->gather(features, index), many));
            EXPECT_TRUE(torch::equal(cuda->groupAround(coords, coords, features, index), grouped));
        }
    }
}

TEST_F(PointKernels, RefusesIndicesOutOfRange) {
    const auto coords = randomTensor({2, 3, 20}, 16);
    const auto index = torch::zeros({2, 20, 3}, torch::kInt32);
    const ThreeNearest three{index, torch::full({2, 20, 3}, 1.0F / 3.0F)};
    EXPECT_NO_THROW(cuda->interpolate(coords, three));
    for (const int bad : {-1, 20}) {
        index[1][19][2] = bad;
        EXPECT_THROW(cuda->gather(coords, index), DeviceError);
        EXPECT_THROW(cuda->interpolate(coords, three), DeviceError);
        EXPECT_THROW(cuda->groupAround(coords, coords, coords, index), DeviceError);
    }
}

TEST_F(PointKernels, RefusesShapesThatDisagree) {
    const auto coords = randomTensor({2, 3, 20}, 17);
    const auto index = torch::zeros({2, 20, 3}, torch::kInt32);
    const auto weight = torch::zeros({2, 20, 3});
    const auto few = coords.narrow(2, 0, 19);
    EXPECT_THROW(cuda->interpolate(coords, {index, weight.narrow(1, 0, 19)}), DeviceError);
    EXPECT_THROW(cuda->interpolate(coords, {index.select(2, 0), weight}), DeviceError);
    EXPECT_THROW(cuda->groupAround(coords, few, coords, index), DeviceError);
    EXPECT_THROW(cuda->groupAround(coords, coords, few, index), DeviceError);
    EXPECT_THROW(cuda->groupAround(coords, coords, {}, index.select(2, 0)), DeviceError);
    EXPECT_THROW(cuda->gather(coords, index.transpose(1, 2)), DeviceError);
}

TEST_F(PointKernels, ConvolutionsKeepTheirOwnWeights) {
    auto weight = randomTensor({8, 4, 3, 3, 3}, 18);
    auto bias = randomTensor({8}, 19);
    const auto grid = randomTensor({2, 4, 5, 5, 5}, 20);
    const auto conv = cuda->prepareConv(weight, bias, 0.1F);
    const auto before = cuda->convolve(grid, *conv);
    weight.zero_();
    bias.zero_();
    EXPECT_TRUE(torch::equal(cuda->convolve(grid, *conv), before));
    EXPECT_TRUE(before.is_contiguous(at::MemoryFormat::ChannelsLast3d));
    EXPECT_NE(cuda->description().find("cuda ("), std::string::npos);
}

} // namespace
} // namespace siskin
