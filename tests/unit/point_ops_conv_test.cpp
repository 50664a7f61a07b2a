// SPDX-License-Identifier: MIT
// Dense convolution against torch::conv3d in float64.
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "tests/unit/point_ops_test.hpp"

#include <torch/nn/functional.h>

#include <thread>

namespace siskin {
namespace {

using test::randomTensor;
using test::relativeError;
using torch::Tensor;

using PointOpsConvolution = test::PointOpsTest;

Tensor convolveInDouble(
    const Tensor& grid, const Tensor& weight, const Tensor& bias, double negativeSlope
) {
    const auto sums = torch::conv3d(
        grid.to(torch::kFloat64),
        weight.to(torch::kFloat64),
        bias.defined() ? bias.to(torch::kFloat64) : Tensor(),
        1,
        1
    );
    return torch::leaky_relu(sums, negativeSlope);
}

TEST_P(PointOpsConvolution, MatchesDoubleAtEveryResolutionAndChannelCount) {
    const std::pair<int, int> channels[] = {{1, 1}, {3, 19}, {9, 16}, {19, 3}, {16, 32}, {64, 64}};
    for (const int r : {1, 2, 3, 5, 8, 16}) {
        for (const auto& [in, out] : channels) {
            SCOPED_TRACE(
                std::to_string(in) + " -> " + std::to_string(out) + ", r " + std::to_string(r)
            );
            const auto grid = randomTensor({2, in, r, r, r}, 1);
            const auto weight = randomTensor({out, in, 3, 3, 3}, 2);
            const auto bias = randomTensor({out}, 3);
            const auto conv = ops().prepareConv(weight, bias, 0.1F);
            const auto result = ops().convolve(grid, *conv);
            ASSERT_EQ(result.sizes().vec(), (std::vector<std::int64_t>{2, out, r, r, r}));
            EXPECT_LT(relativeError(result, convolveInDouble(grid, weight, bias, 0.1)), 1e-5);
        }
    }
}

TEST_P(PointOpsConvolution, LargeGridSlopesAndNoBias) {
    const auto grid = randomTensor({1, 9, 32, 32, 32}, 4);
    const auto weight = randomTensor({16, 9, 3, 3, 3}, 5);
    for (const double slope : {0.0, 0.25, 1.0}) {
        SCOPED_TRACE(slope);
        const auto conv = ops().prepareConv(weight, {}, static_cast<float>(slope));
        const auto exact = convolveInDouble(grid, weight, {}, slope);
        EXPECT_LT(relativeError(ops().convolve(grid, *conv), exact), 1e-5);
    }
}

TEST_P(PointOpsConvolution, OneLayerServesSeveralResolutionsAndLayouts) {
    const auto weight = randomTensor({24, 12, 3, 3, 3}, 6);
    const auto bias = randomTensor({24}, 7);
    const auto conv = ops().prepareConv(weight, bias, 0.1F);
    for (const int r : {7, 4, 7}) {
        const auto grid = randomTensor({1, 12, r, r, r}, 8);
        const auto exact = convolveInDouble(grid, weight, bias, 0.1);
        EXPECT_LT(relativeError(ops().convolve(grid, *conv), exact), 1e-5);
        const auto channelsLast = grid.contiguous(at::MemoryFormat::ChannelsLast3d);
        EXPECT_LT(relativeError(ops().convolve(channelsLast, *conv), exact), 1e-5);
    }
}

TEST_P(PointOpsConvolution, RefusesWhatCannotBe) {
    const auto weight = randomTensor({4, 3, 3, 3, 3}, 11);
    const auto conv = ops().prepareConv(weight, {}, 0.1F);
    EXPECT_THROW(ops().convolve(torch::zeros({1, 2, 4, 4, 4}), *conv), DeviceError);
    EXPECT_THROW(ops().convolve(torch::zeros({1, 3, 4, 4, 5}), *conv), DeviceError);
    EXPECT_THROW(ops().convolve(torch::zeros({0, 3, 4, 4, 4}), *conv), DeviceError);
    EXPECT_THROW(ops().prepareConv(torch::zeros({4, 3, 5, 5, 5}), {}, 0.1F), DeviceError);
    EXPECT_THROW(ops().prepareConv(weight, torch::zeros({3}), 0.1F), DeviceError);
    EXPECT_THROW(ops().prepareConv(weight, {}, 1.5F), DeviceError);
}

INSTANTIATE_TEST_SUITE_P(
    Implementations, PointOpsConvolution, test::implementations(), test::implementationName
);

TEST(PointOpsConvolutionCpu, KeepsItsOwnCopyOfTheWeights) {
    auto weight = randomTensor({4, 3, 3, 3, 3}, 9);
    const auto grid = randomTensor({1, 3, 6, 6, 6}, 10);
    const auto exact = convolveInDouble(grid, weight, {}, 1.0);
    const auto conv = makeCpuPointOps()->prepareConv(weight, {}, 1.0F);
    weight.zero_();
    EXPECT_LT(relativeError(makeCpuPointOps()->convolve(grid, *conv), exact), 1e-5);
}

TEST(PointOpsConvolutionCpu, SameBitsWithAnyNumberOfThreads) {
    const auto grid = randomTensor({2, 19, 16, 16, 16}, 20);
    const auto ops = makeCpuPointOps();
    const auto conv = ops->prepareConv(randomTensor({33, 19, 3, 3, 3}, 21), {}, 0.1F);
    setThreadCount(1);
    const auto one = ops->convolve(grid, *conv);
    for (const int threads : {2, 7}) {
        setThreadCount(threads);
        EXPECT_TRUE(torch::equal(ops->convolve(grid, *conv), one)) << threads;
    }
    setThreadCount(0);
}

TEST(PointOpsConvolutionCpu, SeveralThreadsShareOneLayer) {
    const auto grid = randomTensor({1, 8, 9, 9, 9}, 22);
    const auto ops = makeCpuPointOps();
    const auto weight = randomTensor({8, 8, 3, 3, 3}, 23);
    const auto conv = ops->prepareConv(weight, {}, 0.1F); // its first use makes the primitives
    std::vector<Tensor> results(4);
    {
        std::vector<std::jthread> callers;
        for (auto& result : results) {
            callers.emplace_back([&, target = &result] { *target = ops->convolve(grid, *conv); });
        }
    }
    for (const auto& result : results) {
        EXPECT_TRUE(torch::equal(result, results.front()));
    }
    EXPECT_LT(relativeError(results.front(), convolveInDouble(grid, weight, {}, 0.1)), 1e-5);
}

} // namespace
} // namespace siskin
