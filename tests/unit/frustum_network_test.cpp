// SPDX-License-Identifier: MIT
// Networks for frustums: sizes, files, how foreground points are drawn, independence of batch and
// threads, and how the three steps make a box. There is no public answer to compare with.
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/models/frustum_network.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <gmock/gmock.h>
#include <map>
#include <numbers>
#include <set>

namespace siskin {
namespace {

using torch::Tensor;

FrustumInput madeInput(std::int64_t frustums, std::int64_t points) {
    torch::manual_seed(11);
    FrustumInput input;
    input.features = 3.0 * torch::randn({frustums, kFrustumChannels, points});
    input.category = torch::eye(3).index_select(0, torch::arange(frustums) % 3);
    for (std::int64_t i = 0; i < frustums; ++i) {
        input.seeds.push_back(static_cast<std::uint64_t>(40 + i));
    }
    return input;
}

class FrustumNetworks : public testing::TestWithParam<FrustumKind> {
  protected:
    std::map<std::string, Tensor> madeTensors() const {
        auto parameters = Parameters::forTraining(2);
        makeFrustumNetwork(GetParam(), parameters, *rows_, *points_);
        std::map<std::string, Tensor> tensors;
        for (const auto& [name, value] : parameters.made()) {
            tensors[name] = value.detach();
        }
        return tensors;
    }

    static Parameters fileOf(std::map<std::string, Tensor> tensors) {
        Checkpoint checkpoint;
        checkpoint.tensors = std::move(tensors);
        return Parameters::fromCheckpoint(std::move(checkpoint), "frustum.pt");
    }

    FrustumOutput forward(const FrustumNetwork& network, const FrustumInput& input) {
        const torch::NoGradGuard noGrad;
        layers_ = 0;
        TraceRecorder trace;
        const PointContext context{{*rows_, trace, {}, [this] { ++layers_; }}, *points_};
        return network.forward(context, input);
    }

    std::shared_ptr<const SparseOps> rows_ = makeCpuOps();
    std::shared_ptr<const PointOps> points_ = makeCpuPointOps();
    int layers_ = 0;
};

TEST_P(FrustumNetworks, HaveThePublishedNumberOfParameters) {
    const std::map<FrustumKind, std::int64_t> published = {// models.md 5.6
                                                           {FrustumKind::PvcnnE, 3358336},
                                                           {FrustumKind::PointNet, 1641472},
                                                           {FrustumKind::PointNet2, 1902368}};
    auto parameters = Parameters::random(1);
    makeFrustumNetwork(GetParam(), parameters, *rows_, *points_);
    EXPECT_EQ(parameters.trainableCount(), published.at(GetParam()));
    auto tensors = madeTensors();
    if (GetParam() == FrustumKind::PvcnnE) {
        // appendix C4
        using Shape = std::vector<std::int64_t>;
        EXPECT_EQ(tensors.size(), 203U);
        EXPECT_EQ(
            tensors.at("inst_seg_net.point_features.3.voxel_layers.0.weight").sizes(),
            (Shape{128, 64, 3, 3, 3})
        );
        EXPECT_EQ(
            tensors.at("inst_seg_net.classifier.0.layers.0.weight").sizes(), (Shape{512, 2051, 1})
        );
        EXPECT_EQ(tensors.at("inst_seg_net.classifier.5.weight").sizes(), (Shape{2, 128, 1}));
        EXPECT_EQ(tensors.at("center_reg_net.regression.1.0.weight").sizes(), (Shape{128, 256}));
        EXPECT_EQ(
            tensors.at("box_est_net.features.3.layers.0.weight").sizes(), (Shape{512, 256, 1})
        );
        EXPECT_EQ(tensors.at("box_est_net.classifier.2.weight").sizes(), (Shape{59, 256}));
    }
    auto file = fileOf(tensors);
    EXPECT_EQ(frustumKindOf(file), GetParam());
    makeFrustumNetwork(GetParam(), file, *rows_, *points_);
    EXPECT_EQ(file.trainableCount(), published.at(GetParam()));
    EXPECT_THAT(
        [&] {
            tensors.erase("inst_seg_net.point_features.0.voxel_layers.0.weight");
            tensors.erase("inst_seg_net.cloud_features.0.layers.0.weight");
            tensors.erase("inst_seg_net.sa_layers.0.mlps.0.layers.0.weight");
            frustumKindOf(fileOf(tensors));
        },
        testing::ThrowsMessage<CheckpointError>(testing::HasSubstr("not a frustum network"))
    );
    tensors = madeTensors();
    tensors.erase("size_templates");
    auto without = fileOf(std::move(tensors));
    EXPECT_THAT(
        [&] { makeFrustumNetwork(GetParam(), without, *rows_, *points_); },
        testing::ThrowsMessage<CheckpointError>(testing::HasSubstr("size_templates"))
    );
}

TEST_P(FrustumNetworks, FrustumsOfABatchAndThreadsDoNotMatter) {
    auto parameters = Parameters::random(3);
    const auto network = makeFrustumNetwork(GetParam(), parameters, *rows_, *points_);
    const auto input = madeInput(2, 250);
    setThreadCount(1);
    const auto together = forward(*network, input);
    EXPECT_EQ(layers_, network->layerCount());
    EXPECT_EQ(together.maskLogits.sizes(), (std::vector<std::int64_t>{2, 2, 250}));
    EXPECT_EQ(together.centre.sizes(), (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(together.headingScores.sizes(), (std::vector<std::int64_t>{2, 12}));
    EXPECT_EQ(together.headingResiduals.sizes(), (std::vector<std::int64_t>{2, 12}));
    EXPECT_EQ(together.sizeScores.sizes(), (std::vector<std::int64_t>{2, 8}));
    EXPECT_EQ(together.sizes.sizes(), (std::vector<std::int64_t>{2, 8, 3}));
    setThreadCount(3);
    const auto threads = forward(*network, input);
    setThreadCount(0);
    EXPECT_TRUE(threads.centre.equal(together.centre));
    EXPECT_TRUE(threads.sizes.equal(together.sizes));
    const FrustumInput one{
        input.features.narrow(0, 1, 1), input.category.narrow(0, 1, 1), {input.seeds[1]}};
    const auto alone = forward(*network, one);
    EXPECT_TRUE(torch::allclose(alone.centre[0], together.centre[1], 1e-4, 1e-4));
    EXPECT_TRUE(torch::allclose(alone.sizes[0], together.sizes[1], 1e-4, 1e-4));
}

/// PointNet, then layers over its maximum and the category, with batch-norms that do nothing else
/// than add epsilon: [B, numbers].
Tensor regressed(
    const std::map<std::string, Tensor>& tensors,
    const std::string& features,
    const std::string& layers,
    const Tensor& coords,
    const Tensor& category
) {
    const double norm = 1.0 / std::sqrt(1.0 + 1e-5);
    const auto layer = [&](const std::string& name, const Tensor& x) { // x [..., C]
        const auto weight = tensors.at(name + ".weight");
        return torch::linear(x, weight.flatten(1), tensors.at(name + ".bias"));
    };
    auto x = coords.transpose(1, 2);
    for (int i = 0; tensors.contains(fmt::format("{}.{}.layers.0.weight", features, i)); ++i) {
        x = torch::relu(norm * layer(fmt::format("{}.{}.layers.0", features, i), x));
    }
    x = torch::cat({x.amax(1), category}, 1);
    for (const int i : {0, 1}) {
        x = torch::relu(norm * layer(fmt::format("{}.{}.0", layers, i), x));
    }
    return layer(layers + ".2", x);
}

TEST_P(FrustumNetworks, EachStepStartsWhereTheOneBeforeEnded) {
    auto tensors = madeTensors();
    const auto* scores =
        GetParam() == FrustumKind::PointNet2 ? "classifier.2.bias" : "classifier.5.bias";
    tensors.at(std::string("inst_seg_net.") + scores) = torch::tensor({0.0F, 100.0F}); // all object
    tensors.at("center_reg_net.regression.2.bias") = torch::tensor({0.5F, -1.0F, 2.0F});
    tensors.at("box_est_net.classifier.2.bias") = torch::arange(59) / 100.0F;
    const bool pointNetBox = GetParam() != FrustumKind::PointNet2;
    if (!pointNetBox) {
        tensors.at("box_est_net.classifier.2.weight").zero_(); // the bias, whatever it sees
    }
    auto file = fileOf(tensors);
    const auto network = makeFrustumNetwork(GetParam(), file, *rows_, *points_);
    const auto input = madeInput(3, 300);
    const auto found = forward(*network, input);

    const auto coords = input.features.narrow(1, 0, 3);
    const auto object = drawForeground(coords, found.maskLogits, 512, input.seeds);
    ASSERT_TRUE((object.middle != 0).all().item<bool>());
    const auto offset = regressed(
        tensors,
        "center_reg_net.features",
        "center_reg_net.regression",
        object.coords,
        input.category
    );
    const auto around = object.coords - offset.unsqueeze(2);
    const auto numbers =
        pointNetBox
            ? regressed(
                  tensors, "box_est_net.features", "box_est_net.classifier", around, input.category
              )
            : tensors.at("box_est_net.classifier.2.bias").expand({3, 59});
    const auto templates = tensors.at("size_templates");
    const auto sizes = templates * (1.0F + numbers.narrow(1, 35, 24).reshape({3, 8, 3}));
    const auto same = [](const Tensor& a, const Tensor& b) {
        return torch::allclose(a, b, 1e-4, 1e-4);
    };
    EXPECT_TRUE(same(found.centre, object.middle + offset + numbers.narrow(1, 0, 3)));
    EXPECT_TRUE(same(found.headingScores, numbers.narrow(1, 3, 12)));
    EXPECT_TRUE(same(found.headingResiduals, numbers.narrow(1, 15, 12) * (std::numbers::pi / 12)));
    EXPECT_TRUE(same(found.sizeScores, numbers.narrow(1, 27, 8)));
    EXPECT_TRUE(same(found.sizes, sizes));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds,
    FrustumNetworks,
    testing::ValuesIn(kFrustumKinds),
    [](const auto& kind) { return std::string(toString(kind.param)); }
);

/// x of point i is i; the points of `object` have the larger second logit.
Foreground drawn(const std::vector<std::int64_t>& object, std::int64_t count, std::uint64_t seed) {
    const auto coords = torch::zeros({1, 3, 40});
    coords.select(1, 0).copy_(torch::arange(40));
    const auto logits = torch::zeros({1, 2, 40}); // a tie is background
    for (const auto i : object) {
        logits[0][1][i] = 1e-6;
    }
    return drawForeground(coords, logits, count, {seed});
}

std::map<int, int> timesDrawn(const Foreground& foreground) {
    const auto points =
        (foreground.coords + foreground.middle.unsqueeze(2)).select(1, 0).contiguous();
    std::map<int, int> times;
    for (std::int64_t i = 0; i < points.numel(); ++i) {
        ++times[static_cast<int>(std::lround(points.data_ptr<float>()[i]))];
    }
    return times;
}

TEST(FrustumForeground, WithoutRepetitionWhereThereAreEnough) {
    const std::vector<std::int64_t> object = {3, 4, 9, 20, 21, 22, 38};
    const auto foreground = drawn(object, 5, 1);
    EXPECT_FLOAT_EQ(foreground.middle[0][0].item<float>(), 117.0F / 7.0F);
    const auto times = timesDrawn(foreground);
    EXPECT_EQ(times.size(), 5U);
    for (const auto& [point, count] : times) {
        EXPECT_EQ(count, 1);
        EXPECT_NE(std::find(object.begin(), object.end(), point), object.end());
    }
    EXPECT_EQ(timesDrawn(drawn(object, 5, 1)), times);
    std::set<std::map<int, int>> choices;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        choices.insert(timesDrawn(drawn(object, 5, seed)));
    }
    EXPECT_GT(choices.size(), 5U);
}

TEST(FrustumForeground, EachAsOftenAsTheOthersWhereThereAreFew) {
    const auto times = timesDrawn(drawn({5, 6, 30}, 11, 2));
    ASSERT_EQ(times.size(), 3U);
    int sum = 0;
    for (const auto& [point, count] : times) {
        EXPECT_TRUE(count == 3 || count == 4) << point;
        sum += count;
    }
    EXPECT_EQ(sum, 11);
    EXPECT_EQ(timesDrawn(drawn({7}, 4, 2)), (std::map<int, int>{{7, 4}}));
}

TEST(FrustumForeground, ZerosWhereThereIsNone) {
    const auto foreground = drawn({}, 6, 1);
    EXPECT_TRUE(foreground.coords.equal(torch::zeros({1, 3, 6})));
    EXPECT_TRUE(foreground.middle.equal(torch::zeros({1, 3})));
}

} // namespace
} // namespace siskin
