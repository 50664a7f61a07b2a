// SPDX-License-Identifier: MIT
// Gradients of the operations on clouds, against LibTorch's autograd through the reference
// operations and in double.
#include "core/base/parallel.hpp"
#include "core/train/training_point_ops.hpp"
#include "tests/unit/made_values.hpp"

#include <gtest/gtest.h>
#include <torch/nn/functional.h>

#include <functional>

namespace siskin {
namespace {

using test::values;
using torch::Tensor;

using Operation = std::function<Tensor(const PointOps&, const std::vector<Tensor>&)>;

/// Gradients of a weighted sum of the result with respect to the inputs.
std::vector<Tensor>
gradientsOf(const PointOps& ops, const Operation& operation, const std::vector<Tensor>& inputs) {
    std::vector<Tensor> leaves;
    for (const auto& input : inputs) {
        leaves.push_back(input.clone().requires_grad_());
    }
    const auto result = operation(ops, leaves);
    (result * values(result.sizes().vec(), 0.5)).sum().backward();
    std::vector<Tensor> gradients;
    for (const auto& leaf : leaves) {
        gradients.push_back(leaf.grad());
    }
    return gradients;
}

double relativeError(const Tensor& value, const Tensor& exact) {
    const auto e = exact.to(torch::kFloat64);
    return ((value.to(torch::kFloat64) - e).abs().max() / e.abs().max()).item<double>();
}

/// The same as through the reference's operations, and the same bytes on 1, 2 and 7 threads.
void expectGradients(const Operation& operation, const std::vector<Tensor>& inputs) {
    const auto reference = makeReferencePointOps();
    const auto expected = gradientsOf(*reference, operation, inputs);
    const auto ops = makeTrainingPointOps(makeCpuPointOps());
    std::vector<Tensor> first;
    for (const int threads : {1, 2, 7}) {
        setThreadCount(threads);
        const auto found = gradientsOf(*ops, operation, inputs);
        for (std::size_t i = 0; i < found.size(); ++i) {
            EXPECT_LT(relativeError(found[i], expected[i]), 1e-5) << "input " << i;
            EXPECT_TRUE(first.empty() || torch::equal(found[i], first[i])) << threads << " threads";
        }
        first = found;
    }
    setThreadCount(0);
}

TEST(TrainingPointOps, ToVoxelsAndBack) {
    const auto cloud = values({3, 3, 200}, 1.0); // several points per voxel at r 4
    const auto features = values({3, 5, 200}, 2.0);
    for (const int r : {1, 4}) {
        const auto place = makeCpuPointOps()->placeInGrid(cloud, r, CloudScale::UnitBall);
        expectGradients(
            [&](const PointOps& ops, const auto& in) { return ops.voxelize(in[0], place); },
            {features}
        );
        const auto grid = values({3, 5, r, r, r}, 3.0);
        expectGradients(
            [&](const PointOps& ops, const auto& in) { return ops.devoxelize(in[0], place); },
            {grid}
        );
        expectGradients(
            [&](const PointOps& ops, const auto& in) {
                return ops.devoxelize(in[0], place, in[1], in[2]);
            },
            {grid, values({3, 5}, 4.0), features}
        );
        expectGradients(
            [](const PointOps& ops, const auto& in) { return ops.channelMeans(in[0]); }, {grid}
        );
    }
}

TEST(TrainingPointOps, NeighbourRows) {
    const auto cloud = values({2, 3, 60}, 1.0);
    const auto centres = cloud.narrow(2, 0, 11);
    const auto features = values({2, 7, 60}, 2.0);
    const auto cpu = makeCpuPointOps();
    const auto one = cpu->furthestPoints(cloud, 70); // with points that come again
    const auto many = cpu->ballNeighbours(cloud, centres, 0.8F, 6);
    for (const auto& index : {one, many}) {
        expectGradients(
            [&](const PointOps& ops, const auto& in) { return ops.gather(in[0], index); },
            {features}
        );
    }
    expectGradients(
        [&](const PointOps& ops, const auto& in) {
            return ops.groupAround(cloud, centres, in[0], many);
        },
        {features}
    );
    const auto three = cpu->threeNearest(centres, cloud);
    expectGradients(
        [&](const PointOps& ops, const auto& in) { return ops.interpolate(in[0], three); },
        {features.narrow(2, 0, 11)}
    );
    expectGradients( // a single coarse point: the missing neighbours weigh nothing
        [&](const PointOps& ops, const auto& in) {
            return ops.interpolate(in[0], cpu->threeNearest(cloud.narrow(2, 0, 1), cloud));
        },
        {features.narrow(2, 0, 1)}
    );
}

struct NormalizedConv {
    Tensor weight = values({8, 3, 3, 3, 3}, 1.0);
    Tensor bias = values({8}, 2.0);
    BatchNorm norm{
        values({8}, 3.0) + 1.5, values({8}, 4.0), torch::zeros({8}), torch::ones({8}), 1e-4};
};

void expectLearns(std::shared_ptr<const PointOps> base, std::int64_t clouds) {
    NormalizedConv conv;
    const auto input = values({clouds, 3, 5, 5, 5}, 6.0);
    const auto weights = values({clouds, 8, 5, 5, 5}, 7.0);
    std::vector<Tensor> leaves{input, conv.weight, conv.bias, conv.norm.weight, conv.norm.bias};
    std::vector<Tensor> exact;
    for (auto& leaf : leaves) {
        exact.push_back(leaf.to(torch::kFloat64).requires_grad_());
        leaf.requires_grad_();
    }
    auto mean = torch::zeros({8}, torch::kFloat64);
    auto variance = torch::ones({8}, torch::kFloat64);
    namespace F = torch::nn::functional;
    const auto norm = F::BatchNormFuncOptions().weight(exact[3]).bias(exact[4]).eps(1e-4);
    const auto expected = torch::leaky_relu(
        F::batch_norm(
            torch::conv3d(exact[0], exact[1], exact[2], 1, 1),
            mean,
            variance,
            F::BatchNormFuncOptions(norm).training(true).momentum(0.1)
        ),
        0.1
    );
    (expected * weights).sum().backward();

    const auto ops = makeTrainingPointOps(std::move(base));
    const auto prepared = ops->prepareNormalizedConv(conv.weight, conv.bias, conv.norm, 0.1F);
    const auto found = ops->convolve(input, *prepared);
    EXPECT_LT(relativeError(found.detach(), expected.detach()), 1e-5);
    (found * weights).sum().backward();
    for (const std::size_t i : {0, 1, 3, 4}) {
        EXPECT_LT(relativeError(leaves[i].grad(), exact[i].grad()), 1e-4) << i;
    }
    EXPECT_LT(leaves[2].grad().abs().max().item<float>(), 1e-6F); // the norm takes a bias away
    EXPECT_LT(relativeError(conv.norm.mean, mean), 1e-5);
    EXPECT_LT(relativeError(conv.norm.variance, variance), 1e-5);
    ops->setTraining(false);
    const auto before = conv.norm.mean.clone();
    const auto evaluated = ops->convolve(input.detach(), *prepared);
    const auto still = torch::leaky_relu(
        F::batch_norm(torch::conv3d(exact[0], exact[1], exact[2], 1, 1), mean, variance, norm), 0.1
    );
    EXPECT_LT(relativeError(evaluated.detach(), still.detach()), 1e-5);
    EXPECT_TRUE(torch::equal(before, conv.norm.mean));
}

TEST(TrainingPointOps, ConvolutionLearnsWithTheStatisticsOfTheBatch) {
    for (const auto& base : {makeCpuPointOps(), makeReferencePointOps()}) {
        for (const std::int64_t clouds : {1, 2}) { // one lies otherwise in memory
            SCOPED_TRACE(base->name() + ", clouds: " + std::to_string(clouds));
            expectLearns(base, clouds);
        }
    }
}

} // namespace
} // namespace siskin
