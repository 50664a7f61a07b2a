// SPDX-License-Identifier: MIT
#include "core/models/object_network.hpp"

#include "core/objects/cone.hpp"

#include <fmt/format.h>

#include <optional>

namespace siskin {

namespace {

using torch::Tensor;

/// What all three end with: from a vector per object to its class and centre.
class Head {
  public:
    Head() = default;

    Head(Parameters& parameters, const SparseOps& rows, std::int64_t in) {
        constexpr std::int64_t kHidden = 64;
        const auto layer = [&](const LayerNames& names, std::int64_t from, std::int64_t to) {
            const auto activation = names.norm.empty() ? Activation::None : Activation::Relu;
            return loadPointLayer(parameters, rows, names, from, to, activation, StoredAs::Linear);
        };
        hidden_ = layer({"head.0", "head.1"}, in, kHidden);
        classes_ = layer({"classifier", {}}, kHidden, std::int64_t{kObjectClasses});
        centre_ = layer({"centre", {}}, kHidden, 3);
    }

    ObjectOutput forward(const PointContext& context, const Tensor& objects) const {
        constexpr double kDropout = 0.2;
        const auto hidden = hidden_.forward(context, objects);
        return {
            classes_.forward(context, dropOut(context, hidden, kDropout)),
            centre_.forward(context, hidden)};
    }

    static constexpr int kLayers = 3;

  private:
    PointLayer hidden_, classes_, centre_;
};

class ObjectPvcnn final : public ObjectNetwork {
  public:
    ObjectPvcnn(Parameters& parameters, const SparseOps& rows, const PointOps& points) {
        constexpr std::int64_t kNarrow = 16, kWide = 32;
        first_.emplace(
            parameters,
            rows,
            points,
            "point_features.0",
            PvConvPlan{.in = kObjectChannels, .out = kNarrow, .resolution = 8}
        );
        second_.emplace(
            parameters,
            rows,
            points,
            "point_features.1",
            PvConvPlan{.in = kNarrow, .out = kWide, .resolution = 4}
        );
        deep_ = SharedMlp(parameters, rows, "point_features.2", kNarrow + kWide, {64, 128});
        head_ = Head(parameters, rows, deep_.channelsOut());
        parameters.requireAllTaken();
    }

    ObjectOutput forward(const PointContext& context, const Tensor& input) const override {
        const auto narrow = first_->forward(context, {input.narrow(1, 0, 3), input});
        const auto wide = second_->forward(context, narrow);
        const auto seen = joinChannels({narrow.features, wide.features});
        return head_.forward(context, cloudMaximum(deep_.forward(context, seen)));
    }

    int layerCount() const override {
        return first_->layerCount() + second_->layerCount() + deep_.layerCount() + Head::kLayers;
    }

  private:
    std::optional<PvConv> first_, second_;
    SharedMlp deep_;
    Head head_;
};

class ObjectPointNet final : public ObjectNetwork {
  public:
    ObjectPointNet(Parameters& parameters, const SparseOps& rows) {
        deep_ = SharedMlp(parameters, rows, "point_features.0", kObjectChannels, {64, 128, 256});
        head_ = Head(parameters, rows, deep_.channelsOut());
        parameters.requireAllTaken();
    }

    ObjectOutput forward(const PointContext& context, const Tensor& input) const override {
        return head_.forward(context, cloudMaximum(deep_.forward(context, input)));
    }

    int layerCount() const override { return deep_.layerCount() + Head::kLayers; }

  private:
    SharedMlp deep_;
    Head head_;
};

/// One dense convolution with batch-norm and ReLU.
struct GridLayer {
    std::string name;
    PreparedDenseConvPtr conv;

    GridLayer(
        Parameters& parameters, const PointOps& points, int index, std::int64_t in, std::int64_t out
    )
        : name(fmt::format("voxel_layers.{}", index)) {
        const auto weight = parameters.take(name + ".weight", {out, in, 3, 3, 3}, in * 27);
        const auto norm = parameters.takeBatchNorm(fmt::format("voxel_layers.{}", index + 1), out);
        conv = points.prepareNormalizedConv(weight, {}, norm, 0.0F);
    }
};

/// Largest value of every 2 x 2 x 2 voxels.
Tensor halved(const Tensor& grid) {
    const auto half = grid.size(2) / 2;
    return grid.reshape({grid.size(0), grid.size(1), half, 2, half, 2, half, 2}).amax({3, 5, 7});
}

class ObjectVoxelCnn final : public ObjectNetwork {
  public:
    ObjectVoxelCnn(Parameters& parameters, const SparseOps& rows, const PointOps& points) {
        std::int64_t in = kGridChannels;
        for (const std::int64_t out : {16, 32, 64}) {
            const int index = 3 * static_cast<int>(layers_.size());
            layers_.emplace_back(parameters, points, index, in, out);
            in = out;
        }
        deep_ = SharedMlp(parameters, rows, "point_features.0", in, {128}, StoredAs::Conv1d);
        head_ = Head(parameters, rows, deep_.channelsOut());
        parameters.requireAllTaken();
    }

    ObjectOutput forward(const PointContext& context, const Tensor& input) const override {
        auto grid = gridOf(context, input);
        for (std::size_t i = 0; i < layers_.size(); ++i) {
            grid = convolveGrid(context, layers_[i].name, grid, *layers_[i].conv);
            grid = i + 1 < layers_.size() ? halved(grid) : grid;
        }
        const auto voxels = grid.reshape({grid.size(0), grid.size(1), -1});
        return head_.forward(context, cloudMaximum(deep_.forward(context, voxels)));
    }

    int layerCount() const override {
        return static_cast<int>(layers_.size()) + deep_.layerCount() + Head::kLayers;
    }

  private:
    static constexpr std::int64_t kGridChannels = 4;

    /// Occupancy, mean height, intensity and range of 16^3 voxels: a cube of 0.8 m about the mean
    /// of the points, so that a voxel is 5 cm wide whatever the object.
    static Tensor gridOf(const PointContext& context, const Tensor& input) {
        constexpr int kResolution = 16;
        constexpr double kHalfSide = 0.4;
        const Cloud cloud{(input.narrow(1, 0, 3) / kHalfSide).contiguous(), input};
        const auto& placement = placeInGrid(context, cloud, kResolution, CloudScale::Half);
        const auto values = input.narrow(1, 2, 3); // z, intensity, range
        const auto occupied = torch::ones_like(input.narrow(1, 0, 1));
        TraceRecorder::Scope span(context.trace, "points to voxels", SpanKind::PointVoxel);
        const auto grid = context.points.voxelize(joinChannels({occupied, values}), placement);
        span->rowsIn = input.size(0) * input.size(2);
        span->rowsOut = grid.numel() / kGridChannels;
        span->bytes = 4 * (kGridChannels * span->rowsIn + grid.numel());
        return grid;
    }

    std::vector<GridLayer> layers_;
    SharedMlp deep_;
    Head head_;
};

} // namespace

std::unique_ptr<ObjectNetwork> makeObjectNetwork(
    ObjectNetworkKind kind, Parameters& parameters, const SparseOps& rows, const PointOps& points
) {
    switch (kind) {
    case ObjectNetworkKind::PointNet:
        return std::make_unique<ObjectPointNet>(parameters, rows);
    case ObjectNetworkKind::VoxelCnn:
        return std::make_unique<ObjectVoxelCnn>(parameters, rows, points);
    case ObjectNetworkKind::Pvcnn:
        break;
    }
    return std::make_unique<ObjectPvcnn>(parameters, rows, points);
}

} // namespace siskin
