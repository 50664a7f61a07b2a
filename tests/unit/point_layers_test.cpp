// SPDX-License-Identifier: MIT
// Layers on clouds against the same thing spelt out in LibTorch.
#include "core/nn/joined_layer.hpp"
#include "tests/unit/point_ops_test.hpp"

namespace siskin {
namespace {

using test::randomTensor;
using test::relativeError;
using torch::Tensor;

/// The same tensor with the channels of a point side by side in memory.
Tensor channelsLast(const Tensor& tensor) {
    return tensor.movedim(1, -1).contiguous().movedim(-1, 1);
}

TEST(PointLayers, MaximaOverPointsAndNeighbours) {
    for (const int points : {1, 2, 64, 65, 1000, 5000}) {
        const auto features = randomTensor({2, 5, points}, 1);
        EXPECT_TRUE(torch::equal(cloudMaximum(features), features.amax(2))) << points;
        EXPECT_TRUE(torch::equal(cloudMaximum(channelsLast(features)), features.amax(2)));
    }
    for (const int neighbours : {1, 3, 32, 130}) {
        const auto features = randomTensor({2, 7, 11, neighbours}, 2);
        const auto exact = features.amax(3);
        EXPECT_TRUE(torch::equal(neighbourMaximum(features), exact)) << neighbours;
        EXPECT_TRUE(torch::equal(neighbourMaximum(channelsLast(features)), exact));
    }
}

TEST(PointLayers, MaximaPassGradientsOn) {
    const auto features = randomTensor({1, 3, 4, 5}, 3).requires_grad_();
    neighbourMaximum(features).sum().backward();
    EXPECT_EQ(features.grad().sum().item<float>(), 12.0F);
}

/// ReLU of the linear layer over everything joined, with random (neutral) batch-norm, in float64.
Tensor joinedInDouble(const std::vector<Tensor>& parts, std::int64_t in, std::int64_t out) {
    auto parameters = Parameters::random(7);
    const auto weight = parameters.take("c.weight", {out, in, 1}, in).squeeze(2);
    const auto bias = parameters.take("c.bias", {out});
    const auto folded = fold(parameters.takeBatchNorm("n", out), bias);
    std::vector<Tensor> rows;
    const std::int64_t points = parts.front().size(2);
    for (const auto& part : parts) {
        rows.push_back(part.dim() == 3 ? part : part.unsqueeze(2).expand({-1, -1, points}));
    }
    const auto sums =
        torch::matmul(weight.to(torch::kFloat64), torch::cat(rows, 1).to(torch::kFloat64));
    return torch::relu(sums * folded.scale.view({-1, 1}) + folded.shift.view({-1, 1}));
}

TEST(PointLayers, JoinedLayerIsTheLayerOverEverything) {
    const auto ops = makeCpuOps();
    const auto points = makeCpuPointOps();
    for (const int clouds : {1, 3}) {
        for (const int cloudChannels : {0, 9}) {
            std::vector<Tensor> parts = {
                randomTensor({clouds, 4, 50}, 4), channelsLast(randomTensor({clouds, 33, 50}, 5))};
            std::vector<JoinedPart> plan = {{4, false}, {33, false}};
            if (cloudChannels > 0) {
                parts.push_back(randomTensor({clouds, cloudChannels}, 6));
                plan.push_back({cloudChannels, true});
            }
            auto parameters = Parameters::random(7);
            const JoinedLayer layer(parameters, *ops, {"c", "n"}, plan, 21);
            TraceRecorder trace;
            int layers = 0;
            const PointContext context{{*ops, trace, {}, [&layers] { ++layers; }}, *points};
            const auto result = layer.forward(context, parts);
            EXPECT_EQ(layers, 1);
            ASSERT_EQ(result.sizes().vec(), (std::vector<std::int64_t>{clouds, 21, 50}));
            const auto exact = joinedInDouble(parts, 37 + cloudChannels, 21);
            EXPECT_LT(relativeError(result, exact), 1e-5) << clouds << ", " << cloudChannels;
        }
    }
}

} // namespace
} // namespace siskin
