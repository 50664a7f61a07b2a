// SPDX-License-Identifier: MIT
// A kernel in which warps race would give another result when they run in another order.
#include "gpu/cuda_point_ops.hpp"
#include "gpu/simt/simt.cuh"
#include "tests/unit/point_ops_test.hpp"

namespace siskin {
namespace {

using simt::emulator::setWarpOrder;
using simt::emulator::WarpOrder;
using test::randomTensor;
using torch::Tensor;

using Results = std::vector<Tensor>;

void expectSameInBothOrders(const std::function<Results(const PointOps&)>& run) {
    const auto ops = makeCudaPointOps();
    setWarpOrder(WarpOrder::Forward);
    const auto forward = run(*ops);
    setWarpOrder(WarpOrder::Backward);
    const auto backward = run(*ops);
    setWarpOrder(WarpOrder::Forward);
    for (std::size_t i = 0; i < forward.size(); ++i) {
        EXPECT_TRUE(torch::equal(forward[i], backward[i])) << "result " << i;
    }
}

/// With many equal distances.
Tensor latticeCloud(std::int64_t clouds, std::int64_t points) {
    return (randomTensor({clouds, 3, points}, 1) * 2).round();
}

TEST(PointOrder, FurthestPoints) {
    expectSameInBothOrders([](const PointOps& ops) {
        Results results;
        for (const std::int64_t points : {300, 900, 1800, 3900, 5000, 9000}) {
            results.push_back(ops.furthestPoints(latticeCloud(2, points), 15));
        }
        return results;
    });
}

TEST(PointOrder, Searches) {
    expectSameInBothOrders([](const PointOps& ops) {
        const auto cloud = latticeCloud(2, 300);
        const auto queries = cloud.narrow(2, 0, 29);
        const auto three = ops.threeNearest(cloud, queries);
        Results results{
            ops.ballNeighbours(cloud, queries, 1.5F, 40),
            ops.ballNeighbours(cloud, queries, 5.0F, 7), // far more hits than room
            three.index,
            three.weight};
        for (const std::int64_t count : {20, 50, 150}) {
            results.push_back(ops.nearestNeighbours(cloud, queries, count));
        }
        return results;
    });
}

TEST(PointOrder, GridsAndBack) {
    expectSameInBothOrders([](const PointOps& ops) {
        const auto cloud = randomTensor({2, 3, 2500}, 2);
        const auto features = randomTensor({2, 20, 2500}, 3);
        const auto placement = ops.placeInGrid(cloud, 9, CloudScale::UnitBall);
        const auto grid = ops.voxelize(features, placement);
        const auto means = ops.channelMeans(grid);
        const auto conv = ops.prepareConv(randomTensor({12, 20, 3, 3, 3}, 4), {}, 0.1F);
        return Results{
            placement.position,
            placement.voxel,
            placement.count,
            grid,
            means,
            ops.devoxelize(grid, placement, means, features),
            ops.convolve(grid, *conv)};
    });
}

TEST(PointOrder, Rows) {
    expectSameInBothOrders([](const PointOps& ops) {
        const auto cloud = randomTensor({2, 3, 400}, 5);
        const auto features = randomTensor({2, 9, 400}, 6);
        const auto index = ops.nearestNeighbours(cloud, cloud, 3);
        return Results{
            ops.gather(features, index),
            ops.groupAround(cloud, cloud, features, index),
            ops.interpolate(features, ops.threeNearest(cloud, cloud))};
    });
}

} // namespace
} // namespace siskin
