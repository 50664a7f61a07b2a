// SPDX-License-Identifier: MIT
// The networks on clouds with random weights: sizes, what their files must hold, independence of
// batch and threads. Their arithmetic is checked by tests/golden/point_networks_golden_test.cpp.
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/models/point_network.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace siskin {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using torch::Tensor;

struct Sized {
    PointNetworkPlan plan;
    std::int64_t parameters; ///< models.md 5.6, and weights/README.md without running statistics
};

constexpr auto kRooms = ModelTask::IndoorScene;
constexpr auto kShapes = ModelTask::ShapeParts;

const std::vector<Sized> kSizes = {
    {{ModelKind::Pvcnn, kRooms, 1.0}, 2572493},
    {{ModelKind::Pvcnn, kRooms, 0.25}, 166205},
    {{ModelKind::Pvcnn, kRooms, 0.125}, 43365},
    {{ModelKind::Pvcnn, kShapes, 1.0}, 4200434},
    {{ModelKind::Pvcnn, kShapes, 0.5}, 1058578},
    {{ModelKind::Pvcnn, kShapes, 0.25}, 268898},
    {{ModelKind::Pvcnn2, kRooms, 1.0}, 13709837},
    {{ModelKind::Pvcnn2, kRooms, 0.5}, 3436429},
    {{ModelKind::PointNet, kRooms, 1.0}, 1174669},
    {{ModelKind::PointNet, kShapes, 1.0}, 2519858},
    {{ModelKind::PointNet2Ssg, kShapes, 1.0}, 1409202},
    {{ModelKind::PointNet2Msg, kShapes, 1.0}, 1757726},
    {{ModelKind::Dgcnn, kRooms, 1.0}, 983552},
};

/// One of each, narrow enough for a test.
const std::vector<PointNetworkPlan> kNarrow = {
    {ModelKind::Pvcnn, kRooms, 0.125},
    {ModelKind::Pvcnn, kShapes, 0.125},
    {ModelKind::Pvcnn2, kRooms, 0.25},
    {ModelKind::PointNet, kRooms, 0.125},
    {ModelKind::PointNet, kShapes, 0.125},
    {ModelKind::PointNet2Ssg, kShapes, 0.125},
    {ModelKind::PointNet2Msg, kShapes, 0.125},
    {ModelKind::Dgcnn, kRooms, 0.125},
};

/// A network and what it runs on.
struct Built {
    std::shared_ptr<const SparseOps> rows = makeCpuOps();
    std::shared_ptr<const PointOps> points = makeCpuPointOps();
    std::unique_ptr<PointNetwork> network;
    TraceRecorder trace;
    int layers = 0;

    Built(const PointNetworkPlan& plan, Parameters parameters)
        : network(makePointNetwork(plan, parameters, *rows, *points)) {}

    Tensor forward(const Tensor& input) {
        const torch::NoGradGuard noGrad;
        layers = 0;
        const PointContext context{{*rows, trace, {}, [this] { ++layers; }}, *points};
        return network->forward(context, input).contiguous();
    }
};

/// Clouds in the unit cube with values in [0, 1] behind; some points come twice.
Tensor madeClouds(std::int64_t clouds, std::int64_t channels, std::int64_t points) {
    torch::manual_seed(3);
    auto input = torch::rand({clouds, channels, points});
    input.narrow(2, 0, 7).copy_(input.narrow(2, 20, 7));
    return input;
}

/// What the file of a network of this kind holds: made up, but with batch-norms that do something.
std::map<std::string, Tensor> madeTensors(const PointNetworkPlan& plan) {
    auto parameters = Parameters::forTraining(5);
    makePointNetwork(plan, parameters, *makeReferenceOps(), *makeReferencePointOps());
    std::map<std::string, Tensor> result;
    torch::manual_seed(4);
    for (const auto& [name, value] : parameters.made()) {
        result[name] = value.detach();
        if (value.dim() == 1) {
            result[name] = value.detach() + 0.2 * torch::rand_like(value);
        }
    }
    return result;
}

Parameters fileOf(std::map<std::string, Tensor> tensors) {
    Checkpoint checkpoint;
    checkpoint.tensors = std::move(tensors);
    return Parameters::fromCheckpoint(std::move(checkpoint), "some.pt");
}

std::string describe(const PointNetworkPlan& plan) {
    return fmt::format(
        "{} for {}, {}", toString(plan.kind), plan.task == kRooms ? "rooms" : "shapes", plan.width
    );
}

TEST(PointNetworks, HaveThePublishedNumberOfParameters) {
    const auto rows = makeReferenceOps();
    const auto points = makeReferencePointOps();
    for (const auto& sized : kSizes) {
        SCOPED_TRACE(describe(sized.plan));
        auto parameters = Parameters::random(1);
        const auto network = makePointNetwork(sized.plan, parameters, *rows, *points);
        EXPECT_EQ(parameters.trainableCount(), sized.parameters);
        EXPECT_EQ(network->classes(), sized.plan.task == kRooms ? 13 : 50);
    }
}

TEST(PointNetworks, FindTaskAndWidthInAFile) {
    for (auto plan : kNarrow) {
        for (const double width : {plan.width, 0.3}) {
            plan.width = width;
            SCOPED_TRACE(describe(plan));
            auto parameters = fileOf(madeTensors(plan));
            const auto found = planFromShapes(plan.kind, parameters);
            EXPECT_EQ(found.task, plan.task);
            EXPECT_EQ(found.width, plan.width);
            EXPECT_NO_THROW(Built(found, std::move(parameters)));
        }
    }
}

TEST(PointNetworks, CloudsOfABatchAndThreadsDoNotMatter) {
    for (const auto& plan : kNarrow) {
        SCOPED_TRACE(describe(plan));
        Built built(plan, fileOf(madeTensors(plan)));
        const auto input = madeClouds(3, built.network->inputChannels(), 1100);
        setThreadCount(1);
        const auto together = built.forward(input);
        EXPECT_EQ(built.layers, built.network->layerCount());
        ASSERT_EQ(together.sizes(), (std::vector<std::int64_t>{3, built.network->classes(), 1100}));
        EXPECT_GT(together.std().item<double>(), 1e-3);
        for (const int threads : {2, 7}) {
            setThreadCount(threads);
            EXPECT_TRUE(built.forward(input).equal(together)) << threads << " threads";
        }
        setThreadCount(0);
        const auto alone = built.forward(input.narrow(0, 1, 1));
        EXPECT_TRUE(torch::allclose(alone[0], together[1], 1e-5, 1e-5))
            << (alone[0] - together[1]).abs().max();
    }
}

TEST(PointNetworks, FilesMustHoldEveryTensorSoundAndNoOther) {
    for (const auto& plan : kNarrow) {
        SCOPED_TRACE(describe(plan));
        const auto tensors = madeTensors(plan);
        auto fewer = tensors;
        const auto dropped = std::prev(tensors.end(), 3)->first;
        fewer.erase(dropped);
        EXPECT_THAT(
            [&] { Built(plan, fileOf(fewer)); },
            testing::ThrowsMessage<CheckpointError>(AllOf(HasSubstr(dropped), HasSubstr("missing")))
        );
        auto more = tensors;
        more["extra.weight"] = torch::zeros({2});
        EXPECT_THAT(
            [&] { Built(plan, fileOf(more)); },
            testing::ThrowsMessage<CheckpointError>(HasSubstr("extra.weight"))
        );
        auto damaged = tensors;
        const auto variance = std::find_if(damaged.begin(), damaged.end(), [](const auto& entry) {
            return entry.first.ends_with("running_var");
        });
        variance->second = variance->second * std::nan("");
        EXPECT_THAT(
            [&] { Built(plan, fileOf(damaged)); },
            testing::ThrowsMessage<CheckpointError>(
                AllOf(HasSubstr("running_var"), HasSubstr("NaN"))
            )
        );
    }
}

/// Training computes whole what inference splits: layers over several parts, DGCNN's edges.
TEST(PointNetworks, AreTheSameTrainedAndSplit) {
    for (const auto& plan : kNarrow) {
        SCOPED_TRACE(describe(plan));
        Built split(plan, Parameters::random(9));
        Built whole(plan, Parameters::forTraining(9));
        const auto input = madeClouds(2, split.network->inputChannels(), 1100);
        const auto expected = whole.forward(input);
        EXPECT_EQ(whole.layers, whole.network->layerCount());
        EXPECT_GT(expected.std().item<double>(), 1e-3);
        EXPECT_TRUE(torch::allclose(split.forward(input), expected, 1e-4, 1e-4));
    }
}

TEST(PointNetworks, DgcnnIsTheSameWholeAndSplitForFewPoints) {
    const PointNetworkPlan plan{ModelKind::Dgcnn, kRooms, 0.25};
    Built split(plan, Parameters::random(9));
    Built whole(plan, Parameters::forTraining(9));
    EXPECT_LT(whole.network->layerCount(), split.network->layerCount());
    for (const std::int64_t points : {1, 5, 400}) {
        const auto input = madeClouds(2, 9, 400).narrow(2, 0, points);
        const auto expected = whole.forward(input);
        EXPECT_EQ(whole.layers, whole.network->layerCount());
        EXPECT_TRUE(torch::allclose(split.forward(input), expected, 1e-4, 1e-4));
    }
}

TEST(PointNetworks, DgcnnFilesHoldBatchNormsTwice) {
    const PointNetworkPlan plan{ModelKind::Dgcnn, kRooms, 0.125};
    auto tensors = madeTensors(plan);
    for (const char* part : {"weight", "bias", "running_mean", "running_var"}) {
        tensors[fmt::format("bn3.{}", part)] = tensors.at(fmt::format("conv3.1.{}", part)).clone();
    }
    EXPECT_NO_THROW(Built(plan, fileOf(tensors)));
    tensors["bn3.bias"] += 1.0;
    EXPECT_THAT(
        [&] { Built(plan, fileOf(tensors)); },
        testing::ThrowsMessage<CheckpointError>(AllOf(HasSubstr("bn3"), HasSubstr("differ")))
    );
}

TEST(PointNetworks, SayWhatDoesNotExist) {
    const auto build = [](const PointNetworkPlan& plan) { Built(plan, Parameters::random(1)); };
    EXPECT_THAT(
        [&] {
            build({ModelKind::Dgcnn, kShapes, 1.0});
        },
        testing::ThrowsMessage<ConfigError>("DGCNN does not exist for the parts of shapes")
    );
    EXPECT_THROW(build({ModelKind::Pvcnn2, kShapes, 1.0}), ConfigError);
    EXPECT_THROW(build({ModelKind::PointNet2Msg, kRooms, 1.0}), ConfigError);
    EXPECT_THROW(build({ModelKind::Spvcnn, kRooms, 1.0}), ConfigError);
    EXPECT_THROW(build({ModelKind::Pvcnn, ModelTask::LidarScene, 1.0}), ConfigError);
    for (const double width : {0.0, -1.0, 0.2, 17.0, std::nan("")}) {
        EXPECT_THROW(build({ModelKind::Pvcnn2, kRooms, width}), ConfigError) << width;
    }
    const auto other = fileOf({{"stem.0.kernel", torch::zeros({27, 4, 32})}});
    const auto empty = fileOf({{"conv6.0.weight", torch::zeros({0, 192, 1})}});
    for (const auto& plan : kNarrow) {
        EXPECT_THROW(planFromShapes(plan.kind, other), CheckpointError);
        EXPECT_THROW(planFromShapes(plan.kind, empty), CheckpointError);
    }
}

} // namespace
} // namespace siskin
