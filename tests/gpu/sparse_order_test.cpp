// SPDX-License-Identifier: MIT
// The sparse kernels with the warps of a block in one order and in the other: a kernel that lacks a
// barrier, or adds in the order in which threads happen to come, gives other bits. Emulator only.
#include "gpu/cuda_ops.hpp"
#include "gpu/simt/simt.cuh"
#include "tests/support/sparse_cases.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace siskin {
namespace {

using simt::emulator::setWarpOrder;
using simt::emulator::WarpOrder;
using test::randomMatrix;
using torch::Tensor;

void expectSameInBothOrders(const std::function<std::vector<Tensor>()>& compute) {
    setWarpOrder(WarpOrder::Forward);
    const auto forward = compute();
    setWarpOrder(WarpOrder::Backward);
    const auto backward = compute();
    setWarpOrder(WarpOrder::Forward);
    ASSERT_EQ(forward.size(), backward.size());
    for (std::size_t i = 0; i < forward.size(); ++i) {
        EXPECT_TRUE(torch::equal(forward[i], backward[i])) << "result " << i;
    }
}

TEST(WarpOrder, VoxelsAndMaps) {
    expectSameInBothOrders([] {
        const auto ops = makeCudaOps();
        const auto found = ops->quantize(randomMatrix(3000, 3, 1), 0.05F);
        ops->expectLevels(found.voxels, 4, 3);
        std::vector<Tensor> results = {found.voxels.coords, found.firstRow, found.inverse};
        auto voxels = found.voxels;
        for (int level = 0; level < 4; ++level) {
            const auto map = ops->submanifoldMap(voxels, 3);
            const auto& own = dynamic_cast<const gpu::CudaKernelMap&>(*map);
            results.push_back(own.table());
            for (const auto& orders : own.orders) {
                results.push_back(orders.order);
                results.push_back(orders.tileMasks);
            }
            voxels = ops->coarsen(voxels).coarse;
            results.push_back(voxels.coords);
        }
        return results;
    });
}

TEST(WarpOrder, ConvolutionsWithEverySplitAndTile) {
    for (const int splits : {1, 3}) {
        for (const int rows : {64, 128}) {
            expectSameInBothOrders([&] {
                const auto ops = makeCudaOps(
                    {.precision = Precision::Float16,
                     .choice = {.splits = splits, .tileRows = rows}}
                );
                const auto coords = test::randomCoordinates(900, 0, 14, 1, 2);
                const auto voxels = ops->unique(coords).voxels;
                const auto map = ops->submanifoldMap(voxels, 3);
                const auto conv = ops->prepare(
                    randomMatrix(27 * 40, 72, 3).reshape({27, 40, 72}),
                    randomMatrix(1, 72, 4)[0],
                    Activation::Relu
                );
                const auto features = randomMatrix(voxels.size(), 40, 5);
                return std::vector<Tensor>{ops->convolve(features, *map, *conv)};
            });
        }
    }
}

TEST(WarpOrder, PointsAndVoxels) {
    expectSameInBothOrders([] {
        const auto ops = makeCudaOps();
        const auto points = torch::cat({torch::zeros({800, 1}), randomMatrix(800, 3, 6) * 9}, 1);
        const auto voxels = ops->voxelsOfPoints(points).voxels;
        const auto map = ops->mapPoints(points, voxels, 1);
        const auto means = ops->pointsToVoxels(randomMatrix(800, 20, 7), map);
        return std::vector<Tensor>{
            map.corners, map.weights, map.members, means, ops->voxelsToPoints(means, map)};
    });
}

} // namespace
} // namespace siskin
