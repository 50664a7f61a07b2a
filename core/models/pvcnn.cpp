// SPDX-License-Identifier: MIT
#include "core/models/pvcnn.hpp"

#include "core/models/point_heads.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <span>

namespace siskin {

namespace {

using torch::Tensor;

struct BlockPlan {
    std::int64_t width; ///< at width 1
    int resolution;
};

/// The PVConvs that both networks begin with, keys `point_features.0` ...
std::vector<PvConv> loadBlocks(
    Parameters& parameters,
    const SparseOps& rows,
    const PointOps& points,
    std::span<const BlockPlan> blocks,
    double width,
    PvConvPlan plan
) {
    std::vector<PvConv> result;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        plan.out = scaled(width, blocks[i].width);
        plan.resolution = blocks[i].resolution;
        result.emplace_back(parameters, rows, points, fmt::format("point_features.{}", i), plan);
        plan.in = plan.out;
    }
    return result;
}

int layersOf(const std::vector<PvConv>& blocks) {
    int count = 0;
    for (const auto& block : blocks) {
        count += block.layerCount();
    }
    return count;
}

class ShapePvcnn final : public PointNetwork {
  public:
    ShapePvcnn(
        double width, Parameters& parameters, const SparseOps& rows, const PointOps& points
    ) {
        constexpr BlockPlan kBlocks[] = {{64, 32}, {128, 16}, {128, 16}};
        const PvConvPlan plan{.in = 6, .scale = CloudScale::Half, .squeeze = true};
        blocks_ = loadBlocks(parameters, rows, points, kBlocks, width, plan);
        const auto wide = [width](std::int64_t channels) { return scaled(width, channels); };
        deep_[0] = SharedMlp(parameters, rows, "point_features.3", wide(128), {wide(512)});
        deep_[1] = SharedMlp(parameters, rows, "point_features.4", wide(512), {wide(2048)});
        head_.emplace(
            parameters,
            rows,
            width,
            std::vector{
                kShapeCategoryChannels, wide(64), wide(128), wide(128), wide(512), wide(2048)}
        );
        parameters.requireAllTaken();
    }

    Tensor forward(const PointContext& context, const Tensor& input) const override {
        Cloud cloud{input.narrow(1, 0, 3), input.narrow(1, 0, 6)};
        std::vector<Tensor> seen = {input.narrow(1, 6, kShapeCategoryChannels)};
        for (const auto& block : blocks_) {
            cloud = block.forward(context, cloud);
            seen.push_back(cloud.features);
        }
        for (const auto& layer : deep_) {
            seen.push_back(layer.forward(context, seen.back()));
        }
        return head_->forward(context, std::move(seen));
    }

    std::int64_t inputChannels() const override { return kShapeInputChannels; }

    std::int64_t classes() const override { return kShapeClasses; }

    int layerCount() const override { return layersOf(blocks_) + 2 + ShapeHead::kLayers; }

  private:
    std::vector<PvConv> blocks_;
    std::array<SharedMlp, 2> deep_;
    std::optional<ShapeHead> head_;
};

class RoomPvcnn final : public PointNetwork {
  public:
    RoomPvcnn(double width, Parameters& parameters, const SparseOps& rows, const PointOps& points) {
        constexpr BlockPlan kBlocks[] = {{64, 32}, {64, 16}, {64, 16}, {128, 16}};
        blocks_ = loadBlocks(parameters, rows, points, kBlocks, width, {.in = kRoomInputChannels});
        const auto wide = [width](std::int64_t channels) { return scaled(width, channels); };
        deep_ = SharedMlp(parameters, rows, "point_features.4", wide(128), {wide(1024)});
        head_.emplace(
            parameters,
            rows,
            width,
            std::vector{wide(64), wide(64), wide(64), wide(128), wide(1024)}
        );
        parameters.requireAllTaken();
    }

    Tensor forward(const PointContext& context, const Tensor& input) const override {
        Cloud cloud{input.narrow(1, 0, 3), input};
        std::vector<Tensor> seen;
        for (const auto& block : blocks_) {
            cloud = block.forward(context, cloud);
            seen.push_back(cloud.features);
        }
        seen.push_back(deep_.forward(context, cloud.features));
        return head_->forward(context, std::move(seen));
    }

    std::int64_t inputChannels() const override { return kRoomInputChannels; }

    std::int64_t classes() const override { return kRoomClasses; }

    int layerCount() const override { return layersOf(blocks_) + 1 + RoomHead::kLayers; }

  private:
    std::vector<PvConv> blocks_;
    SharedMlp deep_;
    std::optional<RoomHead> head_;
};

} // namespace

std::unique_ptr<PointNetwork> makePvcnnForShapes(
    double width, Parameters& parameters, const SparseOps& rows, const PointOps& points
) {
    return std::make_unique<ShapePvcnn>(width, parameters, rows, points);
}

std::unique_ptr<PointNetwork> makePvcnnForRooms(
    double width, Parameters& parameters, const SparseOps& rows, const PointOps& points
) {
    return std::make_unique<RoomPvcnn>(width, parameters, rows, points);
}

} // namespace siskin
