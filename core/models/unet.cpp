// SPDX-License-Identifier: MIT
#include "core/models/unet.hpp"

#include <fmt/format.h>

namespace siskin {

namespace {

/// Channels of the skip connection at each level: the stem's, then those of the first three stages.
std::int64_t skipChannels(const UNetPlan& plan, std::size_t level) {
    return level == 0 ? plan.stem : plan.down[level - 1].out;
}

} // namespace

SkipConnections::SkipConnections(const SparseOps& ops, const UNetPlan& plan, const Levels& levels) {
    for (std::size_t level = 0; level < kUNetStages; ++level) {
        split_[level] = plan.up[kUNetStages - 1 - level].transition;
        buffers_[level] =
            ops.newFeatures(levels.voxels[level].size(), split_[level] + skipChannels(plan, level));
    }
}

torch::Tensor SkipConnections::encoder(int level) const {
    const auto i = static_cast<std::size_t>(level);
    return buffers_[i].narrow(1, split_[i], buffers_[i].size(1) - split_[i]);
}

torch::Tensor SkipConnections::decoder(int level) const {
    const auto i = static_cast<std::size_t>(level);
    return buffers_[i].narrow(1, 0, split_[i]);
}

UNet::UNet(
    const UNetPlan& plan, const UNetNames& names, Parameters& parameters, const SparseOps& ops
)
    : plan_(plan) {
    stem_[0] = loadConv(
        parameters, ops, {"stem.0", "stem.1"}, 27, kInputChannels, plan.stem, Activation::Relu
    );
    stem_[1] =
        loadConv(parameters, ops, {"stem.3", "stem.4"}, 27, plan.stem, plan.stem, Activation::Relu);
    layers_ = 3; // the stem's two and the classifier
    std::int64_t width = plan.stem;
    for (std::size_t i = 0; i < kUNetStages; ++i) {
        down_[i] = loadStage(
            plan.down[i], Direction::Down, static_cast<int>(i), width, 0, names, parameters, ops
        );
        width = plan.down[i].out;
    }
    for (std::size_t i = 0; i < kUNetStages; ++i) {
        const auto skip = skipChannels(plan, kUNetStages - 1 - i);
        up_[i] = loadStage(
            plan.up[i], Direction::Up, static_cast<int>(i), width, skip, names, parameters, ops
        );
        width = plan.up[i].out;
    }
    classifier_ = loadLinear(
        parameters,
        ops,
        {names.classifier, {}},
        width,
        plan.classes,
        Activation::None,
        plan.classifierStoredIn
    );
}

UNet::Stage UNet::loadStage(
    const StagePlan& plan,
    Direction direction,
    int stage,
    std::int64_t in,
    std::int64_t skip,
    const UNetNames& names,
    Parameters& parameters,
    const SparseOps& ops
) {
    Stage result;
    result.transition = loadConv(
        parameters,
        ops,
        names.transition(direction, stage),
        8,
        in,
        plan.transition,
        Activation::Relu
    );
    ++layers_;
    std::int64_t width = plan.transition + skip;
    for (std::size_t b = 0; b < plan.middle.size(); ++b) {
        const int block = static_cast<int>(b);
        ResidualBlock residual;
        residual.first = loadConv(
            parameters,
            ops,
            names.feature(direction, stage, block, 0),
            27,
            width,
            plan.middle[b],
            Activation::Relu
        );
        residual.second = loadConv(
            parameters,
            ops,
            names.feature(direction, stage, block, 1),
            27,
            plan.middle[b],
            plan.out,
            Activation::Relu
        );
        if (width != plan.out || (plan_.firstBlockAlwaysProjects && block == 0)) {
            residual.projection = loadConv(
                parameters,
                ops,
                names.projection(direction, stage, block),
                1,
                width,
                plan.out,
                Activation::None
            );
        }
        layers_ += 2; // a projection is part of the second
        result.blocks.push_back(std::move(residual));
        width = plan.out;
    }
    return result;
}

torch::Tensor UNet::runBlocks(
    const ForwardContext& context,
    const Levels& levels,
    int level,
    const Stage& stage,
    torch::Tensor features,
    const torch::Tensor& out
) const {
    const auto l = static_cast<std::size_t>(level);
    for (std::size_t b = 0; b < stage.blocks.size(); ++b) {
        const bool last = b + 1 == stage.blocks.size();
        features = stage.blocks[b].forward(
            context, features, levels.neighbours[l], last ? out : torch::Tensor()
        );
    }
    return features;
}

torch::Tensor UNet::stem(
    const ForwardContext& context,
    const Levels& levels,
    const torch::Tensor& features,
    const SkipConnections& skips
) const {
    const auto first = stem_[0].forward(context, features, levels.neighbours[0]);
    return stem_[1].forward(context, first, levels.neighbours[0], {}, skips.encoder(0));
}

torch::Tensor UNet::down(
    const ForwardContext& context,
    const Levels& levels,
    int stage,
    const torch::Tensor& features,
    const SkipConnections& skips
) const {
    const auto i = static_cast<std::size_t>(stage);
    const auto halved = down_[i].transition.forward(context, features, levels.down[i]);
    const bool hasSkip = stage + 1 < kUNetStages;
    return runBlocks(
        context,
        levels,
        stage + 1,
        down_[i],
        halved,
        hasSkip ? skips.encoder(stage + 1) : torch::Tensor()
    );
}

torch::Tensor UNet::up(
    const ForwardContext& context,
    const Levels& levels,
    int stage,
    const torch::Tensor& features,
    const SkipConnections& skips
) const {
    const auto i = static_cast<std::size_t>(stage);
    const int level = kUNetStages - 1 - stage;
    up_[i].transition.forward(
        context, features, levels.up[static_cast<std::size_t>(level)], {}, skips.decoder(level)
    );
    return runBlocks(context, levels, level, up_[i], skips.both(level), {});
}

UNetPlan planFromWidth(double cr, std::int64_t classes) {
    constexpr std::array<int, 9> kBase = {32, 32, 64, 128, 256, 256, 128, 96, 96};
    std::array<std::int64_t, 9> width{};
    for (std::size_t i = 0; i < kBase.size(); ++i) {
        width[i] = static_cast<std::int64_t>(cr * kBase[i]);
    }
    UNetPlan plan;
    plan.stem = width[0];
    for (std::size_t i = 0; i < kUNetStages; ++i) {
        plan.down[i] = {
            .transition = width[i], .middle = {width[i + 1], width[i + 1]}, .out = width[i + 1]};
        plan.up[i] = {
            .transition = width[i + 5],
            .middle = {width[i + 5], width[i + 5]},
            .out = width[i + 5]};
    }
    plan.classes = classes;
    plan.classifierStoredIn = width[8];
    return plan;
}

UNetPlan planFromShapes(const Parameters& parameters) {
    const auto lastOf = [&parameters](const std::string& name) {
        return parameters.shapeOf(name).back();
    };
    UNetPlan plan;
    plan.stem = lastOf("stem.0.kernel");
    std::int64_t width = plan.stem;
    for (std::size_t i = 0; i < kUNetStages; ++i) {
        const auto down = lastOf(fmt::format("stage{}.1.net.3.kernel", i + 1));
        const auto up = lastOf(fmt::format("up{}.1.0.net.3.kernel", i + 1));
        plan.down[i] = {.transition = width, .middle = {down, down}, .out = down};
        plan.up[i] = {.transition = up, .middle = {up, up}, .out = up};
        width = down;
    }
    plan.classes = parameters.shapeOf("classifier.0.weight").front();
    plan.classifierStoredIn = plan.up.back().out;
    return plan;
}

UNetNames minkUNetNames() {
    const auto block = [](Direction direction, int stage, int index) {
        return direction == Direction::Down ? fmt::format("stage{}.{}", stage + 1, index + 1)
                                            : fmt::format("up{}.1.{}", stage + 1, index);
    };
    UNetNames names;
    names.transition = [](Direction direction, int stage) {
        const auto prefix =
            fmt::format("{}{}.0.net", direction == Direction::Down ? "stage" : "up", stage + 1);
        return LayerNames{prefix + ".0", prefix + ".1"};
    };
    names.feature = [block](Direction direction, int stage, int index, int conv) {
        const auto prefix = block(direction, stage, index);
        return LayerNames{
            fmt::format("{}.net.{}", prefix, 3 * conv),
            fmt::format("{}.net.{}", prefix, 3 * conv + 1)};
    };
    names.projection = [block](Direction direction, int stage, int index) {
        const auto prefix = block(direction, stage, index) + ".downsample";
        return LayerNames{prefix + ".0", prefix + ".1"};
    };
    names.pointTransform = [](int index) {
        return LayerNames{
            fmt::format("point_transforms.{}.0", index),
            fmt::format("point_transforms.{}.1", index)};
    };
    names.classifier = "classifier.0";
    return names;
}

} // namespace siskin
