// SPDX-License-Identifier: MIT
#include "core/train/training_ops.hpp"

#include "core/sparse/checks.hpp"
#include "core/train/autograd_node.hpp"
#include "core/train/layer_end.hpp"

namespace siskin {

namespace {

using torch::Tensor;
using OpsPtr = std::shared_ptr<const SparseOps>;

/// Weights as they are trained: leaves of the graph, or views of leaves.
class TrainedConv final : public PreparedConv {
  public:
    TrainedConv(Tensor weight, const LayerEnd& end, Activation activation)
        : PreparedConv(
              static_cast<int>(weight.size(0)), weight.size(1), weight.size(2), activation
          ),
          weight_(std::move(weight)), end_(end) {
        end_.negativeSlope = activation == Activation::Relu ? 0.0F : 1.0F;
    }

    const Tensor& weight() const noexcept { return weight_; } ///< [K, Cin, Cout]

    const LayerEnd& end() const noexcept { return end_; }

  private:
    Tensor weight_;
    LayerEnd end_;
};

/// Backward of a convolution, its batch-norm, shortcut and activation. Inputs in the order
/// features, weight, bias, norm weight, norm bias, shortcut.
struct ConvolutionNode final : torch::autograd::Node {
    OpsPtr base;
    std::shared_ptr<const KernelMap> map;
    Tensor features;
    Tensor weight;
    LayerEndGradient end;

    TensorList apply(TensorList&& gradients) override {
        const torch::NoGradGuard plain;
        TensorList result(6);
        if (!gradients.front().defined()) {
            return result;
        }
        const auto before = end(gradients.front());
        result[5] = before.shortcut;
        result[3] = before.normWeight;
        result[4] = before.normBias;
        result[2] = before.bias;
        result[1] = base->weightGradient(features, *map, before.sums);
        if (task_should_compute_output(0)) {
            result[0] = base->featureGradient(before.sums, *map, weight);
        }
        return result;
    }

    void release_variables() override {
        features.reset();
        weight.reset();
        end = {};
        map.reset();
    }
};

struct PointsToVoxelsNode final : torch::autograd::Node {
    OpsPtr base;
    PointVoxelMap map;

    TensorList apply(TensorList&& gradients) override {
        const torch::NoGradGuard plain;
        return {base->pointsToVoxelsGradient(gradients.front().contiguous(), map)};
    }

    void release_variables() override { map = {}; }
};

/// Inputs: voxel features, addend.
struct VoxelsToPointsNode final : torch::autograd::Node {
    OpsPtr base;
    PointVoxelMap map;

    TensorList apply(TensorList&& gradients) override {
        const torch::NoGradGuard plain;
        const Tensor gradient = gradients.front().contiguous();
        return {base->voxelsToPointsGradient(gradient, map), gradient};
    }

    void release_variables() override { map = {}; }
};

class RecordingOps final : public TrainingOps {
  public:
    explicit RecordingOps(OpsPtr base) : base_(std::move(base)) {}

    void setTraining(bool training) override { training_ = training; }

    std::string name() const override { return base_->name(); }

    std::string description() const override { return base_->description(); }

    Precision precision() const override { return base_->precision(); }

    OpsPtr inPrecision(Precision precision) const override {
        return makeTrainingOps(base_->inPrecision(precision));
    }

    Tensor upload(const Tensor& host) const override { return base_->upload(host); }

    Tensor download(const Tensor& tensor) const override { return base_->download(tensor); }

    Tensor newFeatures(std::int64_t rows, std::int64_t channels) const override {
        return base_->newFeatures(rows, channels);
    }

    UniqueVoxels unique(const Tensor& coords) const override { return base_->unique(coords); }

    UniqueVoxels quantize(const Tensor& positions, float voxelSize) const override {
        return base_->quantize(positions, voxelSize);
    }

    Tensor voxelPoints(const VoxelSet& voxels, float pointSize, float voxelSize) const override {
        return base_->voxelPoints(voxels, pointSize, voxelSize);
    }

    UniqueVoxels voxelsOfPoints(const Tensor& points) const override {
        return base_->voxelsOfPoints(points);
    }

    bool expectLevels(const VoxelSet& finest, int levels, int kernelSize) const override {
        return base_->expectLevels(finest, levels, kernelSize);
    }

    Coarsening coarsen(const VoxelSet& fine) const override { return base_->coarsen(fine); }

    KernelMapPtr submanifoldMap(const VoxelSet& voxels, int kernelSize) const override {
        return base_->submanifoldMap(voxels, kernelSize);
    }

    KernelMapPtr mapFromPairs(
        const Tensor& pairs, int volume, std::int64_t rowsIn, std::int64_t rowsOut
    ) const override {
        return base_->mapFromPairs(pairs, volume, rowsIn, rowsOut);
    }

    KernelMapPtr identityMap(std::int64_t rows) const override { return base_->identityMap(rows); }

    PointVoxelMap
    mapPoints(const Tensor& points, const VoxelSet& voxels, int stride) const override {
        return base_->mapPoints(points, voxels, stride);
    }

    PreparedConvPtr
    prepare(const Tensor& weight, const Tensor& bias, Activation activation) const override {
        return std::make_shared<TrainedConv>(weight, LayerEnd{.bias = bias}, activation);
    }

    PreparedConvPtr prepareNormalized(
        const Tensor& weight, const Tensor& bias, const BatchNorm& norm, Activation activation
    ) const override {
        return std::make_shared<TrainedConv>(
            weight, LayerEnd{.bias = bias, .norm = norm}, activation
        );
    }

    Tensor convolve(
        const Tensor& features,
        const KernelMap& map,
        const PreparedConv& conv,
        const Shortcut& shortcut,
        const Tensor& out
    ) const override {
        requireConvolution(features, map, conv, shortcut, out);
        Tensor residual = shortcut.features;
        if (shortcut.projection) {
            const auto rows = base_->identityMap(residual.size(0));
            residual = convolve(residual, *rows, *shortcut.projection, {}, {});
        }
        const auto& trained = dynamic_cast<const TrainedConv&>(conv);
        const auto result = layer(features, map, trained, residual);
        if (!out.defined()) {
            return result;
        }
        Tensor columns = out;
        return columns.copy_(result);
    }

    Tensor pointsToVoxels(const Tensor& features, const PointVoxelMap& map) const override {
        auto result = withoutRecording([&] { return base_->pointsToVoxels(features, map); });
        if (recording({features})) {
            auto node = std::make_shared<PointsToVoxelsNode>();
            node->base = base_;
            node->map = map;
            record(node, {features}, result);
        }
        return result;
    }

    Tensor voxelsToPoints(const Tensor& features, const PointVoxelMap& map, const Tensor& addend)
        const override {
        auto result =
            withoutRecording([&] { return base_->voxelsToPoints(features, map, addend); });
        if (recording({features, addend})) {
            auto node = std::make_shared<VoxelsToPointsNode>();
            node->base = base_;
            node->map = map;
            record(node, {features, addend}, result);
        }
        return result;
    }

    void labelPoints(
        const Tensor& logits,
        const Tensor& pointToVoxel,
        std::span<std::uint8_t> classIds,
        std::span<float> confidence
    ) const override {
        base_->labelPoints(logits, pointToVoxel, classIds, confidence);
    }

  private:
    /// Convolution, batch-norm or bias, shortcut, activation: a new tensor.
    Tensor layer(
        const Tensor& features,
        const KernelMap& map,
        const TrainedConv& conv,
        const Tensor& residual
    ) const {
        const LayerEnd& end = conv.end();
        const BatchNorm norm = end.norm.value_or(BatchNorm());
        Tensor sums;
        auto finished = withoutRecording([&] {
            const auto weights = base_->prepare(conv.weight().contiguous(), {}, Activation::None);
            sums = base_->convolve(features, map, *weights, {}, {});
            return finishLayer(end, sums, residual, training_);
        });
        auto result = finished.output;
        const TensorList inputs = {
            features, conv.weight(), end.bias, norm.weight, norm.bias, residual};
        if (recording(inputs)) {
            auto node = std::make_shared<ConvolutionNode>();
            node->base = base_;
            node->map = map.shared_from_this();
            node->features = features.detach();
            node->weight = conv.weight().detach().contiguous();
            node->end = LayerEndGradient(end, sums, std::move(finished));
            record(node, inputs, result);
        }
        return result;
    }

    OpsPtr base_;
    bool training_ = true;
};

} // namespace

std::shared_ptr<TrainingOps> makeTrainingOps(OpsPtr base) {
    return std::make_shared<RecordingOps>(std::move(base));
}

} // namespace siskin
