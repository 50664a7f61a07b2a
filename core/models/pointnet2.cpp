// SPDX-License-Identifier: MIT
#include "core/models/pointnet2.hpp"

#include "core/models/point_heads.hpp"
#include "core/models/set_abstraction.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace siskin {

namespace {

using torch::Tensor;

struct AbstractionPlan {
    std::int64_t centres;
    std::vector<GroupingScale> scales;
};

const std::array<AbstractionPlan, 2> kSingleScale = {{
    {512, {{0.2F, 64, {64, 64, 128}}}},
    {128, {{0.4F, 64, {128, 128, 256}}}},
}};

const std::array<AbstractionPlan, 2> kMultiScale = {{
    {512, {{0.1F, 32, {32, 32, 64}}, {0.2F, 64, {64, 64, 128}}, {0.4F, 128, {64, 96, 128}}}},
    {128, {{0.4F, 64, {128, 128, 256}}, {0.8F, 128, {128, 196, 256}}}},
}};

class PointNet2 final : public PointNetwork {
  public:
    PointNet2(
        const std::array<AbstractionPlan, 2>& plans,
        bool withCategory,
        double width,
        Parameters& parameters,
        const SparseOps& rows
    )
        : skippedInput_(withCategory ? kShapeInputChannels : 6) {
        std::vector<std::int64_t> skipped = {skippedInput_};
        std::int64_t channels = 3;
        for (auto plan : plans) {
            for (auto& scale : plan.scales) {
                scale.widths = scaledAll(width, scale.widths);
            }
            const auto prefix = fmt::format("sa_layers.{}", down_.size());
            down_.emplace_back(parameters, rows, prefix, channels, plan.centres, plan.scales);
            channels = down_.back().channelsOut();
            skipped.push_back(channels);
        }
        const auto whole = scaledAll(width, {256, 512, 1024});
        whole_.emplace(parameters, rows, "sa_layers.2", channels, whole);
        channels = whole_->channelsOut();
        for (const auto& widths :
             {std::vector<std::int64_t>{256, 256}, {256, 128}, {128, 128, 128}}) {
            const auto prefix = fmt::format("fp_layers.{}", up_.size());
            const auto in = channels + skipped.back();
            up_.emplace_back(parameters, rows, prefix, in, scaledAll(width, widths));
            channels = up_.back().channelsOut();
            skipped.pop_back();
        }
        head_.emplace(parameters, rows, width, channels, kShapeClasses);
        parameters.requireAllTaken();
    }

    Tensor forward(const PointContext& context, const Tensor& input) const override {
        std::vector<Cloud> levels;
        Cloud cloud{input.narrow(1, 0, 3), input.narrow(1, 3, 3)};
        for (const auto& stage : down_) {
            levels.push_back(cloud);
            cloud = stage.forward(context, cloud);
        }
        levels.push_back(cloud);
        levels.front().features = input.narrow(1, 0, skippedInput_);
        cloud = whole_->forward(context, cloud);
        for (const auto& stage : up_) {
            cloud = stage.forward(context, cloud, levels.back());
            levels.pop_back();
        }
        return head_->forward(context, cloud.features);
    }

    std::int64_t inputChannels() const override { return kShapeInputChannels; }

    std::int64_t classes() const override { return kShapeClasses; }

    int layerCount() const override {
        int count = whole_->layerCount() + PropagationHead::kLayers;
        for (const auto& stage : down_) {
            count += stage.layerCount();
        }
        for (const auto& stage : up_) {
            count += stage.layerCount();
        }
        return count;
    }

  private:
    std::int64_t skippedInput_; ///< channels of the input that the last propagation sees again
    std::vector<SetAbstraction> down_;
    std::optional<GroupAll> whole_;
    std::vector<FeaturePropagation> up_;
    std::optional<PropagationHead> head_;
};

} // namespace

std::unique_ptr<PointNetwork>
makePointNet2Ssg(double width, Parameters& parameters, const SparseOps& rows) {
    return std::make_unique<PointNet2>(kSingleScale, false, width, parameters, rows);
}

std::unique_ptr<PointNetwork>
makePointNet2Msg(double width, Parameters& parameters, const SparseOps& rows) {
    return std::make_unique<PointNet2>(kMultiScale, true, width, parameters, rows);
}

} // namespace siskin
