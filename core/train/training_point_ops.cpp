// SPDX-License-Identifier: MIT
#include "core/train/training_point_ops.hpp"

#include "core/points/checks.hpp"
#include "core/points/cpu/dense_gradient.hpp"
#include "core/train/autograd_node.hpp"
#include "core/train/layer_end.hpp"
#include "core/train/point_gradients.hpp"

#include <functional>

namespace siskin {

namespace {

using torch::Tensor;
using OpsPtr = std::shared_ptr<const PointOps>;

/// Weights as they are trained: leaves of the graph, or views of leaves.
class TrainedDenseConv final : public PreparedDenseConv {
  public:
    TrainedDenseConv(Tensor weight, LayerEnd end)
        : PreparedDenseConv(weight.size(1), weight.size(0), end.negativeSlope),
          weight_(std::move(weight)), end_(std::move(end)) {}

    const Tensor& weight() const noexcept { return weight_; } ///< [Cout, Cin, 3, 3, 3]

    const LayerEnd& end() const noexcept { return end_; }

  private:
    Tensor weight_;
    LayerEnd end_;
};

/// (B, C, r, r, r) -> dense [B * r^3, C]; no copy of what the fast `PointOps` makes.
Tensor voxelRows(const Tensor& grid) {
    // One cloud that is not channels-last reshapes to a transposed view.
    return grid.movedim(1, -1).reshape({-1, grid.size(1)}).contiguous();
}

/// The reverse, shaped like `grid`.
Tensor asGrid(const Tensor& rows, const Tensor& grid) {
    auto shape = grid.movedim(1, -1).sizes().vec();
    shape.back() = rows.size(1);
    return rows.reshape(shape).movedim(-1, 1);
}

/// Backward of an operation whose gradients one function gives, for the inputs in their order.
struct OperationNode final : torch::autograd::Node {
    std::function<TensorList(const Tensor&)> gradients;

    TensorList apply(TensorList&& outputs) override {
        const torch::NoGradGuard plain;
        return outputs.front().defined() ? gradients(outputs.front()) : TensorList(num_outputs());
    }

    void release_variables() override { gradients = nullptr; }
};

/// Backward of a convolution, its batch-norm and activation. Inputs in the order grid, weight,
/// bias, norm weight, norm bias.
struct DenseConvNode final : torch::autograd::Node {
    OpsPtr base;
    Tensor grid;
    Tensor weight;
    LayerEndGradient end;

    TensorList apply(TensorList&& gradients) override {
        const torch::NoGradGuard plain;
        TensorList result(5);
        if (!gradients.front().defined()) {
            return result;
        }
        const auto before = end(voxelRows(gradients.front()));
        result[4] = before.normBias;
        result[3] = before.normWeight;
        result[2] = before.bias;
        const auto sums = asGrid(before.sums, gradients.front());
        result[1] = points::denseWeightGradient(grid, sums);
        if (task_should_compute_output(0)) {
            // Each input voxel hears from its 27 neighbours: the kernel mirrored and transposed.
            const auto mirrored = weight.transpose(0, 1).flip({2, 3, 4}).contiguous();
            result[0] = base->convolve(sums, *base->prepareConv(mirrored, {}, 1.0F));
        }
        return result;
    }

    void release_variables() override {
        grid.reset();
        weight.reset();
        end = {};
    }
};

class RecordingPointOps final : public TrainingPointOps {
  public:
    explicit RecordingPointOps(OpsPtr base) : base_(std::move(base)) {}

    void setTraining(bool training) override { training_ = training; }

    std::string name() const override { return base_->name(); }

    std::string description() const override { return base_->description(); }

    GridPlacement
    placeInGrid(const Tensor& coords, int resolution, CloudScale scale) const override {
        return base_->placeInGrid(coords.detach(), resolution, scale);
    }

    Tensor voxelize(const Tensor& features, const GridPlacement& placement) const override {
        return recorded(
            [&] { return base_->voxelize(features, placement); },
            {features},
            [placement](const Tensor& gradient) -> TensorList {
                return {voxelizeGradient(gradient, placement)};
            }
        );
    }

    Tensor devoxelize(
        const Tensor& grid,
        const GridPlacement& placement,
        const Tensor& channelScale,
        const Tensor& addend
    ) const override {
        const auto kept = channelScale.defined() ? grid.detach() : Tensor();
        const auto scale = channelScale.defined() ? channelScale.detach() : Tensor();
        return recorded(
            [&] { return base_->devoxelize(grid, placement, channelScale, addend); },
            {grid, channelScale, addend},
            [placement, kept, scale](const Tensor& gradient) -> TensorList {
                auto toGrid = devoxelizeGradient(gradient, placement);
                Tensor toScale;
                if (scale.defined()) {
                    toScale = (toGrid * kept).sum(torch::IntArrayRef{2, 3, 4});
                    toGrid = toGrid * scale.reshape({scale.size(0), scale.size(1), 1, 1, 1});
                }
                return {toGrid, toScale, gradient};
            }
        );
    }

    Tensor channelMeans(const Tensor& grid) const override {
        const std::int64_t r = grid.size(2);
        return recorded(
            [&] { return base_->channelMeans(grid); },
            {grid},
            [r](const Tensor& gradient) -> TensorList {
                const auto share = gradient / static_cast<double>(r * r * r);
                return {share.reshape({share.size(0), share.size(1), 1, 1, 1})
                            .expand({-1, -1, r, r, r})};
            }
        );
    }

    PreparedDenseConvPtr
    prepareConv(const Tensor& weight, const Tensor& bias, float negativeSlope) const override {
        points::requireDenseWeights(weight, bias, negativeSlope);
        return std::make_shared<TrainedDenseConv>(
            weight, LayerEnd{.bias = bias, .negativeSlope = negativeSlope}
        );
    }

    PreparedDenseConvPtr prepareNormalizedConv(
        const Tensor& weight, const Tensor& bias, const BatchNorm& norm, float negativeSlope
    ) const override {
        points::requireDenseWeights(weight, bias, negativeSlope);
        return std::make_shared<TrainedDenseConv>(
            weight, LayerEnd{.bias = bias, .norm = norm, .negativeSlope = negativeSlope}
        );
    }

    Tensor convolve(const Tensor& grid, const PreparedDenseConv& conv) const override {
        const auto& trained = dynamic_cast<const TrainedDenseConv&>(conv);
        const auto& end = trained.end();
        const BatchNorm norm = end.norm.value_or(BatchNorm());
        Tensor sums;
        Tensor result;
        auto finished = withoutRecording([&] {
            const auto weights = base_->prepareConv(trained.weight().detach(), {}, 1.0F);
            const auto raw = base_->convolve(grid, *weights);
            sums = voxelRows(raw);
            auto layer = finishLayer(end, sums, {}, training_);
            result = asGrid(layer.output, raw);
            return layer;
        });
        const TensorList inputs = {grid, trained.weight(), end.bias, norm.weight, norm.bias};
        if (recording(inputs)) {
            auto node = std::make_shared<DenseConvNode>();
            node->base = base_;
            node->grid = grid.detach();
            node->weight = trained.weight().detach();
            node->end = LayerEndGradient(end, sums, std::move(finished));
            record(node, inputs, result);
        }
        return result;
    }

    Tensor furthestPoints(const Tensor& coords, std::int64_t count) const override {
        return base_->furthestPoints(coords.detach(), count);
    }

    Tensor ballNeighbours(
        const Tensor& coords, const Tensor& centres, float radius, std::int64_t count
    ) const override {
        return base_->ballNeighbours(coords.detach(), centres.detach(), radius, count);
    }

    Tensor nearestNeighbours(const Tensor& cloud, const Tensor& queries, std::int64_t count)
        const override {
        return base_->nearestNeighbours(cloud.detach(), queries.detach(), count);
    }

    ThreeNearest threeNearest(const Tensor& coords, const Tensor& queries) const override {
        return base_->threeNearest(coords.detach(), queries.detach());
    }

    Tensor interpolate(const Tensor& features, const ThreeNearest& neighbours) const override {
        const std::int64_t count = features.size(2);
        return recorded(
            [&] { return base_->interpolate(features, neighbours); },
            {features},
            [neighbours, count](const Tensor& gradient) -> TensorList {
                return {scatterRows(gradient, neighbours.index, neighbours.weight, count)};
            }
        );
    }

    Tensor gather(const Tensor& features, const Tensor& index) const override {
        const std::int64_t count = features.size(2);
        return recorded(
            [&] { return base_->gather(features, index); },
            {features},
            [index, count](const Tensor& gradient) -> TensorList {
                return {scatterRows(gradient, index, {}, count)};
            }
        );
    }

    Tensor groupAround(
        const Tensor& coords, const Tensor& centres, const Tensor& features, const Tensor& index
    ) const override {
        const std::int64_t channels = features.defined() ? features.size(1) : 0;
        const std::int64_t count = coords.size(2);
        return recorded(
            [&] { return base_->groupAround(coords, centres, features, index); },
            {features},
            [index, channels, count](const Tensor& gradient) -> TensorList {
                return {scatterRows(gradient.narrow(1, 3, channels), index, {}, count)};
            }
        );
    }

  private:
    /// What `forward` gives, linked to `inputs` by `backward`.
    static Tensor recorded(
        const std::function<Tensor()>& forward,
        const TensorList& inputs,
        std::function<TensorList(const Tensor&)> backward
    ) {
        auto result = withoutRecording(forward);
        if (recording(inputs)) {
            auto node = std::make_shared<OperationNode>();
            node->gradients = std::move(backward);
            record(node, inputs, result);
        }
        return result;
    }

    OpsPtr base_;
    bool training_ = true;
};

} // namespace

std::shared_ptr<TrainingPointOps> makeTrainingPointOps(OpsPtr base) {
    return std::make_shared<RecordingPointOps>(std::move(base));
}

} // namespace siskin
