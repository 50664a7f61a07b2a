// SPDX-License-Identifier: MIT
#include "core/models/pvcnn.hpp"

#include <fmt/format.h>

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
        const std::int64_t joined =
            kShapeCategoryChannels + wide(64) + 2 * wide(128) + wide(512) + 2 * wide(2048);
        classifier_[0] = SharedMlp(parameters, rows, "classifier.0", joined, {wide(256)});
        classifier_[1] = SharedMlp(parameters, rows, "classifier.2", wide(256), {wide(256)});
        classifier_[2] = SharedMlp(parameters, rows, "classifier.4", wide(256), {wide(128)});
        last_ = loadPointLayer(
            parameters,
            rows,
            {"classifier.5", {}},
            wide(128),
            kShapeClasses,
            Activation::None,
            StoredAs::Conv1d
        );
        parameters.requireAllTaken();
    }

    Tensor forward(const PointContext& context, const Tensor& input) const override {
        constexpr double kDropout = 0.2;
        Cloud cloud{input.narrow(1, 0, 3), input.narrow(1, 0, 6)};
        std::vector<Tensor> seen = {input.narrow(1, 6, kShapeCategoryChannels)};
        for (const auto& block : blocks_) {
            cloud = block.forward(context, cloud);
            seen.push_back(cloud.features);
        }
        for (const auto& layer : deep_) {
            seen.push_back(layer.forward(context, seen.back()));
        }
        seen.push_back(repeatOverPoints(cloudMaximum(seen.back()), input.size(2)));
        auto x = classifier_[0].forward(context, joinChannels(seen));
        x = classifier_[1].forward(context, dropOut(context, x, kDropout));
        x = classifier_[2].forward(context, dropOut(context, x, kDropout));
        return last_.forward(context, x);
    }

    std::int64_t inputChannels() const override { return kShapeInputChannels; }

    std::int64_t classes() const override { return kShapeClasses; }

    int layerCount() const override { return layersOf(blocks_) + 6; }

  private:
    std::vector<PvConv> blocks_;
    std::array<SharedMlp, 2> deep_;
    std::array<SharedMlp, 3> classifier_;
    PointLayer last_;
};

class RoomPvcnn final : public PointNetwork {
  public:
    RoomPvcnn(double width, Parameters& parameters, const SparseOps& rows, const PointOps& points) {
        constexpr BlockPlan kBlocks[] = {{64, 32}, {64, 16}, {64, 16}, {128, 16}};
        blocks_ = loadBlocks(parameters, rows, points, kBlocks, width, {.in = kRoomInputChannels});
        const auto wide = [width](std::int64_t channels) { return scaled(width, channels); };
        deep_ = SharedMlp(parameters, rows, "point_features.4", wide(128), {wide(1024)});
        const auto cloud = [&](const char* prefix, std::int64_t in, std::int64_t out) {
            const LayerNames names{fmt::format("{}.0", prefix), fmt::format("{}.1", prefix)};
            return loadPointLayer(
                parameters, rows, names, in, out, Activation::Relu, StoredAs::Linear
            );
        };
        cloud_[0] = cloud("cloud_features.0", wide(1024), wide(256));
        cloud_[1] = cloud("cloud_features.1", wide(256), wide(128));
        const std::int64_t joined = 3 * wide(64) + wide(128) + wide(1024) + wide(128);
        classifier_[0] = SharedMlp(parameters, rows, "classifier.0", joined, {wide(512)});
        classifier_[1] = SharedMlp(parameters, rows, "classifier.2", wide(512), {wide(256)});
        last_ = loadPointLayer(
            parameters,
            rows,
            {"classifier.4", {}},
            wide(256),
            kRoomClasses,
            Activation::None,
            StoredAs::Conv1d
        );
        parameters.requireAllTaken();
    }

    Tensor forward(const PointContext& context, const Tensor& input) const override {
        constexpr double kDropout = 0.3;
        Cloud cloud{input.narrow(1, 0, 3), input};
        std::vector<Tensor> seen;
        for (const auto& block : blocks_) {
            cloud = block.forward(context, cloud);
            seen.push_back(cloud.features);
        }
        seen.push_back(deep_.forward(context, cloud.features));
        auto whole = cloudMaximum(seen.back());
        for (const auto& layer : cloud_) {
            whole = layer.forward(context, whole);
        }
        seen.push_back(repeatOverPoints(whole, input.size(2)));
        auto x = classifier_[0].forward(context, joinChannels(seen));
        x = classifier_[1].forward(context, dropOut(context, x, kDropout));
        return last_.forward(context, dropOut(context, x, kDropout));
    }

    std::int64_t inputChannels() const override { return kRoomInputChannels; }

    std::int64_t classes() const override { return kRoomClasses; }

    int layerCount() const override { return layersOf(blocks_) + 6; }

  private:
    std::vector<PvConv> blocks_;
    SharedMlp deep_;
    std::array<PointLayer, 2> cloud_;
    std::array<SharedMlp, 2> classifier_;
    PointLayer last_;
};

} // namespace

std::int64_t scaled(double width, std::int64_t channels) {
    return static_cast<std::int64_t>(width * static_cast<double>(channels));
}

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
