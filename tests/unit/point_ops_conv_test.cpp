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

TEST_P(PointOpsConvolution, BatchNormAfterIt) {
    for (const int channels : {9, 40}) { // direct, Winograd
        const auto grid = randomTensor({2, channels, 6, 6, 6}, 7);
        const auto weight = randomTensor({channels, channels, 3, 3, 3}, 8);
        const auto bias = randomTensor({channels}, 9);
        const BatchNorm norm{
            randomTensor({channels}, 10),
            randomTensor({channels}, 11),
            randomTensor({channels}, 12),
            randomTensor({channels}, 13).abs(),
            1e-4};
        for (const auto& before : {bias, Tensor()}) {
            const auto conv = ops().prepareNormalizedConv(weight, before, norm, 0.1F);
            const auto f64 = [](const Tensor& tensor) { return tensor.to(torch::kFloat64); };
            const auto sums = convolveInDouble(grid, weight, before, 1.0);
            const auto expected = torch::leaky_relu(
                torch::batch_norm(
                    sums,
                    f64(norm.weight),
                    f64(norm.bias),
                    f64(norm.mean),
                    f64(norm.variance),
                    false,
                    0.0,
                    norm.epsilon,
                    false
                ),
                0.1
            );
            EXPECT_LT(relativeError(ops().convolve(grid, *conv), expected), 1e-5) << channels;
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

TEST_P(PointOpsConvolution, ManyChannelsOnOddGrids) {
    const std::pair<int, int> channels[] = {{16, 32}, {17, 67}, {67, 33}};
    for (const int r : {1, 3, 4, 5, 12}) {
        for (const auto& [in, out] : channels) {
            SCOPED_TRACE(std::to_string(in) + ", r " + std::to_string(r));
            const auto grid = randomTensor({2, in, r, r, r}, 30);
            const auto weight = randomTensor({out, in, 3, 3, 3}, 31);
            const auto bias = randomTensor({out}, 32);
            const auto conv = ops().prepareConv(weight, bias, 0.1F);
            const auto exact = convolveInDouble(grid, weight, bias, 0.1);
            EXPECT_LT(relativeError(ops().convolve(grid, *conv), exact), 1e-5);
        }
    }
}

/// Clouds leave most of a grid at one value: zero, or what a layer makes of zeros.
TEST_P(PointOpsConvolution, MostlyEmptyGrids) {
    const auto weight = randomTensor({32, 16, 3, 3, 3}, 33);
    const auto bias = randomTensor({32}, 34);
    const auto conv = ops().prepareConv(weight, bias, 0.1F);
    for (const int r : {4, 9, 12}) {
        auto grid = torch::zeros({3, 16, r, r, r}); // the first cloud stays empty
        grid[1] = randomTensor({16, 1, 1, 1}, 35);
        grid[1].select(1, r / 2).select(1, 1).select(1, r - 1) = 3.0F;
        grid[2].select(1, 0).select(1, 0).select(1, 0) = randomTensor({16}, 36);
        const auto exact = convolveInDouble(grid, weight, bias, 0.1);
        const auto result = ops().convolve(grid, *conv);
        for (int cloud = 0; cloud < 3; ++cloud) {
            EXPECT_LT(relativeError(result[cloud], exact[cloud]), 1e-5) << r << ", " << cloud;
        }
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
    for (const int out : {9, 33}) { // few channels, and enough for Winograd's algorithm
        const auto conv = ops->prepareConv(randomTensor({out, 19, 3, 3, 3}, 21), {}, 0.1F);
        setThreadCount(1);
        const auto one = ops->convolve(grid, *conv);
        for (const int threads : {2, 7}) {
            setThreadCount(threads);
            EXPECT_TRUE(torch::equal(ops->convolve(grid, *conv), one)) << threads;
        }
        setThreadCount(0);
    }
}

TEST(PointOpsConvolutionCpu, ManyChannelsWithEveryInstructionSet) {
    const auto grid = randomTensor({1, 18, 7, 7, 7}, 40);
    const auto weight = randomTensor({37, 18, 3, 3, 3}, 41);
    const auto exact = convolveInDouble(grid, weight, {}, 0.1);
    test::forEverySetting([&](const std::string& setting) {
        const auto ops = makeCpuPointOps();
        const auto conv = ops->prepareConv(weight, {}, 0.1F);
        EXPECT_LT(relativeError(ops->convolve(grid, *conv), exact), 1e-5) << setting;
    });
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
