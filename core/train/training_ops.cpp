// SPDX-License-Identifier: MIT
#include "core/train/training_ops.hpp"

#include "core/sparse/checks.hpp"
#include "core/train/normalization.hpp"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/variable.h>

#include <cmath>
#include <optional>

namespace siskin {

namespace {

using torch::Tensor;
using torch::autograd::variable_list;

constexpr double kMomentum = 0.1; ///< of the running statistics

using OpsPtr = std::shared_ptr<const SparseOps>;

/// Weights as they are trained: leaves of the graph, or views of leaves.
struct TrainedValues {
    Tensor weight; ///< [K, Cin, Cout]
    Tensor bias;   ///< [Cout] or undefined
    std::optional<BatchNorm> norm;
};

class TrainedConv final : public PreparedConv {
  public:
    TrainedConv(const TrainedValues& values, Activation activation)
        : PreparedConv(
              static_cast<int>(values.weight.size(0)),
              values.weight.size(1),
              values.weight.size(2),
              activation
          ),
          values_(values) {}

    const TrainedValues& values() const noexcept { return values_; }

  private:
    TrainedValues values_;
};

/// Links `result` to the tensors it was made from.
void record(
    const std::shared_ptr<torch::autograd::Node>& node, const variable_list& inputs, Tensor& result
) {
    node->set_next_edges(torch::autograd::collect_next_edges(inputs));
    torch::autograd::create_gradient_edge(result, node);
}

bool recording(const variable_list& inputs) {
    return torch::autograd::GradMode::is_enabled() &&
           torch::autograd::any_variable_requires_grad(inputs);
}

/// Backward of a convolution, its batch-norm, shortcut and activation. Inputs in the order
/// features, weight, bias, norm weight, norm bias, shortcut.
struct ConvolutionNode final : torch::autograd::Node {
    OpsPtr base;
    std::shared_ptr<const KernelMap> map;
    Tensor features;
    Tensor weight;
    Tensor sums;   ///< before batch-norm; kept for it only
    Tensor output; ///< kept for ReLU only
    Tensor normWeight;
    ColumnMoments moments;
    double epsilon = 0.0;
    bool biased = false;

    variable_list apply(variable_list&& gradients) override {
        const torch::NoGradGuard plain;
        variable_list result(6);
        Tensor gradient = gradients.front();
        if (!gradient.defined()) {
            return result;
        }
        gradient = output.defined() ? reluGradient(gradient, output) : gradient.contiguous();
        result[5] = gradient;
        if (normWeight.defined()) {
            auto norm = batchNormGradients(gradient, sums, moments, normWeight, epsilon);
            result[3] = norm.weight;
            result[4] = norm.bias;
            gradient = norm.input;
        }
        if (biased) {
            result[2] = columnSums(gradient);
        }
        result[1] = base->weightGradient(features, *map, gradient);
        if (task_should_compute_output(0)) {
            result[0] = base->featureGradient(gradient, *map, weight);
        }
        return result;
    }

    void release_variables() override {
        for (Tensor* tensor : {&features, &weight, &sums, &output, &normWeight}) {
            tensor->reset();
        }
        map.reset();
    }
};

struct PointsToVoxelsNode final : torch::autograd::Node {
    OpsPtr base;
    PointVoxelMap map;

    variable_list apply(variable_list&& gradients) override {
        const torch::NoGradGuard plain;
        return {base->pointsToVoxelsGradient(gradients.front().contiguous(), map)};
    }

    void release_variables() override { map = {}; }
};

/// Inputs: voxel features, addend.
struct VoxelsToPointsNode final : torch::autograd::Node {
    OpsPtr base;
    PointVoxelMap map;

    variable_list apply(variable_list&& gradients) override {
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

    UniqueVoxels unique(const Tensor& coords) const override { return base_->unique(coords); }

    UniqueVoxels quantize(const Tensor& positions, float voxelSize) const override {
        return base_->quantize(positions, voxelSize);
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
        return std::make_shared<TrainedConv>(TrainedValues{weight, bias, std::nullopt}, activation);
    }

    PreparedConvPtr prepareNormalized(
        const Tensor& weight, const Tensor& bias, const BatchNorm& norm, Activation activation
    ) const override {
        return std::make_shared<TrainedConv>(TrainedValues{weight, bias, norm}, activation);
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
        const bool relu = conv.activation() == Activation::Relu;
        const auto result = layer(features, map, trained.values(), relu, residual);
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

  private:
    template <typename Body>
    static Tensor withoutRecording(const Body& body) {
        const torch::NoGradGuard plain;
        return body();
    }

    /// Convolution, batch-norm or bias, shortcut, activation: a new tensor.
    Tensor layer(
        const Tensor& features,
        const KernelMap& map,
        const TrainedValues& conv,
        bool relu,
        const Tensor& residual
    ) const {
        const BatchNorm norm = conv.norm.value_or(BatchNorm());
        ColumnMoments moments;
        Tensor sums;
        auto result = withoutRecording([&] {
            const auto weights = base_->prepare(conv.weight.contiguous(), {}, Activation::None);
            sums = base_->convolve(features, map, *weights, {}, {});
            return activate(sums, affineOf(conv, sums, moments), residual, relu);
        });
        const variable_list inputs = {
            features, conv.weight, conv.bias, norm.weight, norm.bias, residual};
        if (recording(inputs)) {
            auto node = std::make_shared<ConvolutionNode>();
            node->base = base_;
            node->map = map.shared_from_this();
            node->features = features.detach();
            node->weight = conv.weight.detach().contiguous();
            node->output = relu ? result.detach() : Tensor();
            node->biased = conv.bias.defined();
            if (conv.norm) {
                node->sums = sums;
                node->normWeight = norm.weight.detach();
                node->moments = std::move(moments);
                node->epsilon = norm.epsilon;
            }
            record(node, inputs, result);
        }
        return result;
    }

    /// The layer's bias, or its bias and batch-norm with the statistics that apply, which go into
    /// `moments`.
    ColumnAffine
    affineOf(const TrainedValues& conv, const Tensor& sums, ColumnMoments& moments) const {
        const auto channels = static_cast<std::size_t>(sums.size(1));
        const auto toVector = [](const Tensor& tensor) {
            const auto* begin = tensor.data_ptr<float>();
            return std::vector<float>(begin, begin + tensor.numel());
        };
        ColumnAffine affine{std::vector<float>(channels, 1.0F), std::vector<float>(channels, 0.0F)};
        if (conv.bias.defined()) {
            affine.shift = toVector(conv.bias);
        }
        if (!conv.norm) {
            return affine;
        }
        const BatchNorm& norm = *conv.norm;
        moments = training_ ? columnMoments(sums) : runningMoments(norm);
        const auto weight = toVector(norm.weight);
        const auto bias = toVector(norm.bias);
        for (std::size_t c = 0; c < channels; ++c) {
            const double scale = weight[c] / std::sqrt(moments.variance[c] + norm.epsilon);
            // Statistics of the batch take a bias before the norm away; running ones hold it.
            const double before = training_ ? 0.0 : affine.shift[c];
            affine.scale[c] = static_cast<float>(scale);
            affine.shift[c] = static_cast<float>(bias[c] + (before - moments.mean[c]) * scale);
        }
        if (training_) {
            moveRunning(norm, moments, conv.bias, sums.size(0));
        }
        return affine;
    }

    static ColumnMoments runningMoments(const BatchNorm& norm) {
        const auto* mean = norm.mean.data_ptr<float>();
        const auto* variance = norm.variance.data_ptr<float>();
        const std::int64_t channels = norm.mean.numel();
        return {{mean, mean + channels}, {variance, variance + channels}};
    }

    static void moveRunning(
        const BatchNorm& norm, const ColumnMoments& moments, const Tensor& bias, std::int64_t rows
    ) {
        auto* mean = norm.mean.data_ptr<float>();
        auto* variance = norm.variance.data_ptr<float>();
        const auto count = static_cast<double>(rows);
        const double unbiased = rows > 1 ? count / (count - 1.0) : 1.0;
        for (std::size_t c = 0; c < moments.mean.size(); ++c) {
            const double shift = bias.defined() ? bias.data_ptr<float>()[c] : 0.0;
            const double batchMean = moments.mean[c] + shift;
            mean[c] += static_cast<float>(kMomentum * (batchMean - mean[c]));
            variance[c] +=
                static_cast<float>(kMomentum * (moments.variance[c] * unbiased - variance[c]));
        }
    }

    OpsPtr base_;
    bool training_ = true;
};

} // namespace

std::shared_ptr<TrainingOps> makeTrainingOps(OpsPtr base) {
    return std::make_shared<RecordingOps>(std::move(base));
}

} // namespace siskin
