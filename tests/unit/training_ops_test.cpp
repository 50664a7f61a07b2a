// SPDX-License-Identifier: MIT
// The layers that learn: their gradients against finite differences and against LibTorch's own
// autograd, and what a network of them has in common with the one that runs.
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/nn/parameters.hpp"
#include "core/train/normalization.hpp"
#include "core/train/trainable_network.hpp"
#include "core/train/training_ops.hpp"
#include "tests/support/sparse_cases.hpp"

#include <gtest/gtest.h>
#include <torch/nn/functional.h>
#include <torch/optim.h>

#include <functional>

namespace siskin {
namespace {

using test::randomMatrix;
using torch::Tensor;

using Loss = std::function<Tensor(const std::vector<Tensor>&)>;

/// Change of the loss along a random direction of each input, by central differences and by the
/// gradient.
void expectGradients(const Loss& loss, const std::vector<Tensor>& inputs, double step) {
    std::vector<Tensor> leaves;
    for (const auto& input : inputs) {
        leaves.push_back(input.clone().requires_grad_());
    }
    loss(leaves).backward();
    const torch::NoGradGuard plain;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const auto direction = torch::sin(torch::arange(inputs[i].numel()) * 1.7F + float(i))
                                   .reshape(inputs[i].sizes());
        const auto at = [&](double distance) {
            auto moved = inputs;
            moved[i] = inputs[i] + direction * distance;
            return loss(moved).item<double>();
        };
        const double numeric = (at(step) - at(-step)) / (2 * step);
        const double analytic =
            (leaves[i].grad().to(torch::kFloat64) * direction).sum().item<double>();
        EXPECT_NEAR(analytic, numeric, 0.02 * std::abs(numeric) + 0.02) << "input " << i;
    }
}

/// A smooth number made of all outputs, summed in double.
Tensor weighed(const Tensor& rows) {
    const auto factors = torch::cos(torch::arange(rows.numel()) * 0.37F).reshape(rows.sizes());
    return (rows.to(torch::kFloat64) * factors).sum();
}

struct Scene {
    std::shared_ptr<TrainingOps> ops = makeTrainingOps(makeCpuOps());
    VoxelSet voxels = ops->unique(test::randomCoordinates(300, 0, 9, 2, 4)).voxels;
    KernelMapPtr map = ops->submanifoldMap(voxels, 3);
    Coarsening coarser = ops->coarsen(voxels);
};

BatchNorm freshNorm(const Tensor& weight, const Tensor& bias) {
    return {weight, bias, torch::zeros_like(bias), torch::ones_like(bias), 1e-5};
}

TEST(TrainingGradients, OfAConvolutionMatchFiniteDifferences) {
    const Scene scene;
    const auto loss = [&](const std::vector<Tensor>& in) {
        const auto conv = scene.ops->prepare(in[1], in[2], Activation::None);
        return weighed(scene.ops->convolve(in[0], *scene.map, *conv, in[3]));
    };
    const auto rows = scene.voxels.size();
    const auto weight = randomMatrix(27 * 5, 7, 2).reshape({27, 5, 7});
    expectGradients(
        loss,
        {randomMatrix(rows, 5, 1), weight, randomMatrix(1, 7, 3)[0], randomMatrix(rows, 7, 4)},
        0.1
    );
}

TEST(TrainingGradients, OfStridedConvolutionsMatchFiniteDifferences) {
    const Scene scene;
    const auto weight = randomMatrix(8 * 6, 5, 2).reshape({8, 6, 5});
    for (const auto& map : {scene.coarser.down, scene.coarser.up}) {
        const auto loss = [&](const std::vector<Tensor>& in) {
            const auto conv = scene.ops->prepare(in[1], {}, Activation::None);
            return weighed(scene.ops->convolve(in[0], *map, *conv, {}));
        };
        expectGradients(loss, {randomMatrix(map->rowsIn(), 6, 1), weight}, 0.1);
    }
}

TEST(TrainingGradients, OfANormalisedLayerMatchFiniteDifferences) {
    const Scene scene;
    const auto loss = [&](const std::vector<Tensor>& in) {
        const auto conv =
            scene.ops->prepareNormalized(in[1], {}, freshNorm(in[2], in[3]), Activation::None);
        return weighed(scene.ops->convolve(in[0], *scene.map, *conv, {}));
    };
    const auto weight = randomMatrix(27 * 3, 4, 2).reshape({27, 3, 4});
    expectGradients(
        loss,
        {randomMatrix(scene.voxels.size(), 3, 1),
         weight,
         randomMatrix(1, 4, 3)[0],
         randomMatrix(1, 4, 4)[0]},
        0.01
    );
}

TEST(TrainingGradients, OfPointOperatorsMatchFiniteDifferences) {
    const Scene scene;
    const auto points = torch::cat({torch::zeros({400, 1}), randomMatrix(400, 3, 5) * 3 + 4}, 1);
    const auto places = scene.ops->mapPoints(points, scene.voxels, 1);
    const auto toVoxels = [&](const std::vector<Tensor>& in) {
        return weighed(scene.ops->pointsToVoxels(in[0], places));
    };
    expectGradients(toVoxels, {randomMatrix(400, 6, 1)}, 0.1);
    const auto toPoints = [&](const std::vector<Tensor>& in) {
        return weighed(scene.ops->voxelsToPoints(in[0], places, in[1]));
    };
    expectGradients(
        toPoints, {randomMatrix(scene.voxels.size(), 6, 1), randomMatrix(400, 6, 2)}, 0.1
    );
}

/// conv, batch-norm, projected shortcut, ReLU, written into columns of a wider matrix that another
/// layer reads: the same formula in LibTorch's own operations.
TEST(TrainingGradients, OfAResidualBlockAreThoseOfLibTorch) {
    const Scene scene;
    const auto rows = scene.voxels.size();
    const std::vector<Tensor> inputs = {
        randomMatrix(rows, 6, 1),
        randomMatrix(27 * 6, 9, 2).reshape({27, 6, 9}),
        randomMatrix(1, 9, 3)[0],
        randomMatrix(1, 9, 4)[0],
        randomMatrix(6, 9, 5).reshape({1, 6, 9}),
        randomMatrix(1, 9, 6)[0],
        randomMatrix(1, 9, 7)[0],
        randomMatrix(12, 5, 8).reshape({1, 12, 5})};
    const auto leaves = [&inputs] {
        std::vector<Tensor> result;
        for (const auto& input : inputs) {
            result.push_back(input.clone().requires_grad_());
        }
        return result;
    };
    const auto identity = scene.ops->identityMap(rows);
    const auto mine = leaves();
    const auto conv =
        scene.ops->prepareNormalized(mine[1], {}, freshNorm(mine[2], mine[3]), Activation::Relu);
    const auto projection =
        scene.ops->prepareNormalized(mine[4], {}, freshNorm(mine[5], mine[6]), Activation::None);
    const auto wide = torch::zeros({rows, 12});
    const Shortcut shortcut(mine[0], projection.get());
    scene.ops->convolve(mine[0], *scene.map, *conv, shortcut, wide.narrow(1, 3, 9));
    const auto last = scene.ops->prepare(mine[7], {}, Activation::None);
    const auto result = scene.ops->convolve(wide, *identity, *last, {});
    weighed(result).backward();

    const auto theirs = leaves();
    const auto reference = makeReferenceOps();
    const auto map = reference->submanifoldMap(scene.voxels, 3);
    const auto each = reference->identityMap(rows);
    const auto normed = [](const Tensor& x, const Tensor& weight, const Tensor& bias) {
        return torch::batch_norm(x, weight, bias, {}, {}, true, 0.1, 1e-5, false);
    };
    const auto plain = [&](const Tensor& x, const KernelMapPtr& over, const Tensor& weight) {
        return reference->convolve(x, *over, *reference->prepare(weight, {}, Activation::None));
    };
    const auto block = torch::relu(
        normed(plain(theirs[0], map, theirs[1]), theirs[2], theirs[3]) +
        normed(plain(theirs[0], each, theirs[4]), theirs[5], theirs[6])
    );
    const auto expected = plain(torch::cat({torch::zeros({rows, 3}), block}, 1), each, theirs[7]);
    weighed(expected).backward();

    EXPECT_TRUE(torch::allclose(result, expected, 1e-4, 1e-4));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const auto difference = (mine[i].grad() - theirs[i].grad()).norm().item<double>();
        EXPECT_LT(difference, 1e-4 * theirs[i].grad().norm().item<double>()) << "input " << i;
    }
}

TEST(Normalization, MomentsAreThoseOfTheColumns) {
    const auto rows = randomMatrix(5000, 7, 1) * 3 + 100;
    const auto moments = columnMoments(rows);
    const auto exact = rows.to(torch::kFloat64);
    for (std::int64_t c = 0; c < 7; ++c) {
        const auto i = static_cast<std::size_t>(c);
        EXPECT_NEAR(moments.mean[i], exact.select(1, c).mean().item<double>(), 1e-4);
        EXPECT_NEAR(moments.variance[i], exact.select(1, c).var(false).item<double>(), 1e-3);
    }
}

TEST(Normalization, RunningStatisticsMoveAsLibTorchsDo) {
    const Scene scene;
    auto norm = freshNorm(torch::ones({4}), torch::zeros({4}));
    auto theirs = freshNorm(torch::ones({4}), torch::zeros({4}));
    const auto weight = randomMatrix(3, 4, 2).reshape({1, 3, 4});
    const auto bias = randomMatrix(1, 4, 3)[0];
    const auto conv = scene.ops->prepareNormalized(weight, bias, norm, Activation::None);
    const auto map = scene.ops->identityMap(50);
    for (std::uint64_t seed = 1; seed < 4; ++seed) {
        const auto x = randomMatrix(50, 3, seed);
        scene.ops->convolve(x, *map, *conv, {});
        torch::batch_norm(
            x.matmul(weight[0]) + bias,
            theirs.weight,
            theirs.bias,
            theirs.mean,
            theirs.variance,
            true,
            0.1,
            1e-5,
            false
        );
    }
    EXPECT_TRUE(torch::allclose(norm.mean, theirs.mean, 1e-5, 1e-6));
    EXPECT_TRUE(torch::allclose(norm.variance, theirs.variance, 1e-5, 1e-6));
}

constexpr auto kSmallSpvnas =
    R"({"num_classes": 5, "output_channels": [8, 8, 12, 16, 16, 16, 12, 8, 8],
"downsample.0.transition": 8, "downsample.0.feature": 1, "downsample.0.feature.layers.0.net.layers.0": 8,
"downsample.1.transition": 8, "downsample.1.feature": 2, "downsample.1.feature.layers.0.net.layers.0": 8,
"downsample.1.feature.layers.1.net.layers.0": 12,
"downsample.2.transition": 12, "downsample.2.feature": 1, "downsample.2.feature.layers.0.net.layers.0": 16,
"downsample.3.transition": 16, "downsample.3.feature": 1, "downsample.3.feature.layers.0.net.layers.0": 16,
"upsample.0.transition": 16, "upsample.0.feature": 1, "upsample.0.feature.layers.0.net.layers.0": 16,
"upsample.1.transition": 12, "upsample.1.feature": 1, "upsample.1.feature.layers.0.net.layers.0": 12,
"upsample.2.transition": 8, "upsample.2.feature": 1, "upsample.2.feature.layers.0.net.layers.0": 8,
"upsample.3.transition": 8, "upsample.3.feature": 1, "upsample.3.feature.layers.0.net.layers.0": 8})";

class Trainable : public testing::TestWithParam<ModelKind> {
  protected:
    void TearDown() override { setThreadCount(0); }

    static NetworkPlan plan() {
        return {
            .kind = GetParam(),
            .width = 0.25,
            .netConfig = GetParam() == ModelKind::Spvnas ? kSmallSpvnas : "",
            .classes = 5,
            .voxelSize = 0.1F};
    }

    static NetworkInput input() {
        const auto voxels = makeCpuOps()->unique(test::randomCoordinates(1500, 0, 24, 2, 3)).voxels;
        return {voxels, randomMatrix(voxels.size(), 4, 8)};
    }

    /// A few steps of plain gradient descent; the last loss.
    static double train(TrainableNetwork& network, const NetworkInput& data, int steps) {
        const auto labels = torch::remainder(data.voxels.coords.select(1, 3), 5).to(torch::kInt64);
        torch::optim::SGD descent(
            network.parameters(), torch::optim::SGDOptions(0.05).momentum(0.9)
        );
        double last = 0.0;
        for (int step = 0; step < steps; ++step) {
            descent.zero_grad();
            const auto loss =
                torch::nn::functional::cross_entropy(network.forward(data, true), labels);
            loss.backward();
            descent.step();
            last = loss.item<double>();
        }
        return last;
    }
};

TEST_P(Trainable, LearnsTheSameOnAnyNumberOfThreads) {
    const auto data = input();
    std::vector<std::map<std::string, Tensor>> states;
    for (const int threads : {1, 2}) {
        setThreadCount(threads);
        auto network = TrainableNetwork::create(plan(), makeCpuOps(), 7);
        EXPECT_LT(train(*network, data, 6), 1.7);
        states.push_back(network->stateDict());
    }
    for (const auto& [name, tensor] : states[0]) {
        EXPECT_TRUE(torch::equal(tensor, states[1].at(name))) << name;
    }
}

TEST_P(Trainable, LossFalls) {
    const auto data = input();
    auto network = TrainableNetwork::create(plan(), makeCpuOps(), 7);
    const double first = train(*network, data, 1);
    EXPECT_LT(train(*network, data, 80), 0.6 * first);
}

TEST_P(Trainable, RunsAsTheNetworkThatItsStateMakes) {
    const auto data = input();
    auto network = TrainableNetwork::create(plan(), makeCpuOps(), 7);
    train(*network, data, 3);
    const auto trained = network->forward(data, false);
    EXPECT_FALSE(trained.requires_grad());

    const auto ops = makeCpuOps();
    Checkpoint checkpoint;
    checkpoint.tensors = network->stateDict();
    auto parameters = Parameters::fromCheckpoint(std::move(checkpoint), "trained");
    const auto widths = planFromWidth(0.25, 5);
    const auto kind = GetParam();
    const auto runs =
        kind == ModelKind::Spvnas     ? makeSpvnas(kSmallSpvnas, "config", parameters, *ops)
        : kind == ModelKind::MinkUNet ? makeMinkUNet(widths, parameters, *ops)
                                      : makeSpvcnn(widths, parameters, *ops, {0.1F, 0.1F});
    const torch::InferenceMode inference;
    TraceRecorder trace;
    const auto logits = runs->forward({*ops, trace, {}, {}}, data);
    EXPECT_LT((logits - trained).abs().max().item<double>(), 1e-3);
}

TEST_P(Trainable, ContinuesFromItsState) {
    const auto data = input();
    auto undisturbed = TrainableNetwork::create(plan(), makeCpuOps(), 7);
    train(*undisturbed, data, 1);
    auto continued = TrainableNetwork::create(plan(), makeCpuOps(), 7);
    continued->load(undisturbed->stateDict());
    train(*undisturbed, data, 1);
    train(*continued, data, 1);
    const auto expected = undisturbed->stateDict();
    for (const auto& [name, tensor] : continued->stateDict()) {
        EXPECT_TRUE(torch::equal(tensor, expected.at(name))) << name;
    }
}

TEST_P(Trainable, RefusesAStateThatDoesNotFit) {
    auto network = TrainableNetwork::create(plan(), makeCpuOps(), 7);
    auto state = network->stateDict();
    state.erase("stem.0.kernel");
    EXPECT_THROW(network->load(state), CheckpointError);
    state["stem.0.kernel"] = torch::zeros({27, 4, 3});
    EXPECT_THROW(network->load(state), CheckpointError);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds,
    Trainable,
    testing::Values(ModelKind::MinkUNet, ModelKind::Spvcnn, ModelKind::Spvnas),
    [](const auto& kind) { return std::string(toString(kind.param)); }
);

} // namespace
} // namespace siskin
