// SPDX-License-Identifier: MIT
#include "core/models/pointnet.hpp"

#include "core/models/point_heads.hpp"

#include <fmt/format.h>

#include <optional>

namespace siskin {

namespace {

using torch::Tensor;

/// Shared MLPs one after the other, keys `point_features.0` ...
std::vector<SharedMlp> loadPointFeatures(
    Parameters& parameters,
    const SparseOps& rows,
    std::int64_t in,
    const std::vector<std::int64_t>& widths
) {
    std::vector<SharedMlp> result;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        const auto name = fmt::format("point_features.{}", i);
        result.emplace_back(parameters, rows, name, in, std::vector{widths[i]});
        in = widths[i];
    }
    return result;
}

class ShapePointNet final : public PointNetwork {
  public:
    ShapePointNet(double width, Parameters& parameters, const SparseOps& rows) {
        const auto widths = scaledAll(width, {64, 128, 128, 512, 2048});
        deep_ = loadPointFeatures(parameters, rows, 3, widths);
        auto seen = widths;
        seen.insert(seen.begin(), kShapeCategoryChannels);
        head_.emplace(parameters, rows, width, seen);
        parameters.requireAllTaken();
    }

    Tensor forward(const PointContext& context, const Tensor& input) const override {
        std::vector<Tensor> seen = {input.narrow(1, 3, kShapeCategoryChannels)};
        auto features = input.narrow(1, 0, 3);
        for (const auto& layer : deep_) {
            features = layer.forward(context, features);
            seen.push_back(features);
        }
        return head_->forward(context, std::move(seen));
    }

    std::int64_t inputChannels() const override { return 3 + kShapeCategoryChannels; }

    std::int64_t classes() const override { return kShapeClasses; }

    int layerCount() const override { return static_cast<int>(deep_.size()) + ShapeHead::kLayers; }

  private:
    std::vector<SharedMlp> deep_;
    std::optional<ShapeHead> head_;
};

class RoomPointNet final : public PointNetwork {
  public:
    RoomPointNet(double width, Parameters& parameters, const SparseOps& rows) {
        const auto widths = scaledAll(width, {64, 64, 64, 128, 1024});
        deep_ = loadPointFeatures(parameters, rows, kRoomInputChannels, widths);
        head_.emplace(parameters, rows, width, std::vector{widths.back()});
        parameters.requireAllTaken();
    }

    Tensor forward(const PointContext& context, const Tensor& input) const override {
        auto features = input;
        for (const auto& layer : deep_) {
            features = layer.forward(context, features);
        }
        return head_->forward(context, {features});
    }

    std::int64_t inputChannels() const override { return kRoomInputChannels; }

    std::int64_t classes() const override { return kRoomClasses; }

    int layerCount() const override { return static_cast<int>(deep_.size()) + RoomHead::kLayers; }

  private:
    std::vector<SharedMlp> deep_;
    std::optional<RoomHead> head_;
};

} // namespace

std::unique_ptr<PointNetwork>
makePointNetForShapes(double width, Parameters& parameters, const SparseOps& rows) {
    return std::make_unique<ShapePointNet>(width, parameters, rows);
}

std::unique_ptr<PointNetwork>
makePointNetForRooms(double width, Parameters& parameters, const SparseOps& rows) {
    return std::make_unique<RoomPointNet>(width, parameters, rows);
}

} // namespace siskin
