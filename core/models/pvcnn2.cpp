// SPDX-License-Identifier: MIT
#include "core/models/pvcnn2.hpp"

#include "core/models/point_heads.hpp"
#include "core/models/set_abstraction.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace siskin {

namespace {

using torch::Tensor;

/// PVConvs of one width and resolution in a row.
struct BlocksPlan {
    int count;
    std::int64_t width; ///< at width 1
    int resolution;
};

struct DownPlan {
    BlocksPlan blocks;
    std::int64_t centres;
    float radius;
    std::vector<std::int64_t> widths;
};

struct UpPlan {
    std::vector<std::int64_t> widths;
    BlocksPlan blocks; ///< as wide as the last of `widths`
};

constexpr std::int64_t kNeighbours = 32;

const std::array<DownPlan, 4> kDown = {{
    {{2, 32, 32}, 1024, 0.1F, {32, 64}},
    {{3, 64, 16}, 256, 0.2F, {64, 128}},
    {{3, 128, 8}, 64, 0.4F, {128, 256}},
    {{0, 0, 0}, 16, 0.8F, {256, 256, 512}},
}};

const std::array<UpPlan, 4> kUp = {{
    {{256, 256}, {1, 256, 8}},
    {{256, 256}, {1, 256, 8}},
    {{256, 128}, {2, 128, 16}},
    {{128, 128, 64}, {1, 64, 32}},
}};

struct Down {
    std::vector<PvConv> blocks;
    SetAbstraction abstraction;
};

struct Up {
    FeaturePropagation propagation;
    std::vector<PvConv> blocks;
};

class Pvcnn2 final : public PointNetwork {
  public:
    Pvcnn2(double width, Parameters& parameters, const SparseOps& rows, const PointOps& points)
        : width_(width), rows_(rows), points_(points) {
        std::vector<std::int64_t> skipped = {kRoomInputChannels - 3};
        std::int64_t channels = kRoomInputChannels;
        for (const auto& plan : kDown) {
            channels = addDown(parameters, plan, channels);
            skipped.push_back(channels);
        }
        for (const auto& plan : kUp) {
            skipped.pop_back();
            channels = addUp(parameters, plan, channels + skipped.back());
        }
        head_.emplace(parameters, rows, width, channels, kRoomClasses);
        parameters.requireAllTaken();
    }

    Tensor forward(const PointContext& context, const Tensor& input) const override {
        const auto coords = input.narrow(1, 0, 3);
        std::vector<Cloud> levels;
        Cloud cloud{coords, input};
        for (const auto& stage : down_) {
            levels.push_back(cloud);
            cloud = stage.abstraction.forward(context, through(stage.blocks, context, cloud));
        }
        levels.front().features = input.narrow(1, 3, kRoomInputChannels - 3);
        for (const auto& stage : up_) {
            cloud = stage.propagation.forward(context, cloud, levels.back());
            cloud = through(stage.blocks, context, cloud);
            levels.pop_back();
        }
        return head_->forward(context, cloud.features);
    }

    std::int64_t inputChannels() const override { return kRoomInputChannels; }

    std::int64_t classes() const override { return kRoomClasses; }

    int layerCount() const override { return layers_ + PropagationHead::kLayers; }

  private:
    std::vector<PvConv> addBlocks(
        Parameters& parameters,
        const std::string& prefix,
        int first,
        const BlocksPlan& plan,
        std::int64_t in
    ) {
        std::vector<PvConv> result;
        for (int i = 0; i < plan.count; ++i) {
            const PvConvPlan conv{
                .in = in,
                .out = scaled(width_, plan.width),
                .resolution = plan.resolution,
                .squeeze = true};
            const auto name = fmt::format("{}.{}", prefix, first + i);
            result.emplace_back(parameters, rows_, points_, name, conv);
            layers_ += result.back().layerCount();
            in = conv.out;
        }
        return result;
    }

    /// Returns its number of output channels.
    std::int64_t addDown(Parameters& parameters, const DownPlan& plan, std::int64_t in) {
        const auto prefix = fmt::format("sa_layers.{}", down_.size());
        const int blocks = plan.blocks.count;
        auto convs = addBlocks(parameters, prefix, 0, plan.blocks, in);
        SetAbstraction abstraction(
            parameters,
            rows_,
            blocks == 0 ? prefix : fmt::format("{}.{}", prefix, blocks),
            blocks == 0 ? in : scaled(width_, plan.blocks.width),
            plan.centres,
            {{plan.radius, kNeighbours, scaledAll(width_, plan.widths)}}
        );
        layers_ += abstraction.layerCount();
        down_.push_back({std::move(convs), std::move(abstraction)});
        return down_.back().abstraction.channelsOut();
    }

    std::int64_t addUp(Parameters& parameters, const UpPlan& plan, std::int64_t in) {
        const auto prefix = fmt::format("fp_layers.{}", up_.size());
        FeaturePropagation propagation(
            parameters, rows_, prefix + ".0", in, scaledAll(width_, plan.widths)
        );
        layers_ += propagation.layerCount();
        const auto channels = propagation.channelsOut();
        auto convs = addBlocks(parameters, prefix, 1, plan.blocks, channels);
        up_.push_back({std::move(propagation), std::move(convs)});
        return channels;
    }

    static Cloud
    through(const std::vector<PvConv>& blocks, const PointContext& context, Cloud cloud) {
        for (const auto& block : blocks) {
            cloud = block.forward(context, cloud);
        }
        return cloud;
    }

    double width_;
    const SparseOps& rows_;
    const PointOps& points_;
    std::vector<Down> down_;
    std::vector<Up> up_;
    std::optional<PropagationHead> head_;
    int layers_ = 0;
};

} // namespace

std::unique_ptr<PointNetwork>
makePvcnn2(double width, Parameters& parameters, const SparseOps& rows, const PointOps& points) {
    return std::make_unique<Pvcnn2>(width, parameters, rows, points);
}

} // namespace siskin
