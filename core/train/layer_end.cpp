// SPDX-License-Identifier: MIT
#include "core/train/layer_end.hpp"

#include <cmath>

namespace siskin {

namespace {

using torch::Tensor;

constexpr double kMomentum = 0.1; ///< of the running statistics

std::vector<float> toVector(const Tensor& tensor) {
    const auto* begin = tensor.data_ptr<float>();
    return {begin, begin + tensor.numel()};
}

ColumnMoments runningMoments(const BatchNorm& norm) {
    const auto* mean = norm.mean.data_ptr<float>();
    const auto* variance = norm.variance.data_ptr<float>();
    const std::int64_t channels = norm.mean.numel();
    return {{mean, mean + channels}, {variance, variance + channels}};
}

void moveRunning(
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

/// The layer's bias, or its bias and batch-norm with the statistics that apply, which go into
/// `moments`.
ColumnAffine
affineOf(const LayerEnd& end, const Tensor& sums, bool training, ColumnMoments& moments) {
    const auto channels = static_cast<std::size_t>(sums.size(1));
    ColumnAffine affine{std::vector<float>(channels, 1.0F), std::vector<float>(channels, 0.0F)};
    if (end.bias.defined()) {
        affine.shift = toVector(end.bias);
    }
    if (!end.norm) {
        return affine;
    }
    const BatchNorm& norm = *end.norm;
    moments = training ? columnMoments(sums) : runningMoments(norm);
    const auto weight = toVector(norm.weight);
    const auto bias = toVector(norm.bias);
    for (std::size_t c = 0; c < channels; ++c) {
        const double scale = weight[c] / std::sqrt(moments.variance[c] + norm.epsilon);
        // Statistics of the batch take a bias before the norm away; running ones hold it.
        const double before = training ? 0.0 : affine.shift[c];
        affine.scale[c] = static_cast<float>(scale);
        affine.shift[c] = static_cast<float>(bias[c] + (before - moments.mean[c]) * scale);
    }
    if (training) {
        moveRunning(norm, moments, end.bias, sums.size(0));
    }
    return affine;
}

} // namespace

FinishedLayer
finishLayer(const LayerEnd& end, const Tensor& sums, const Tensor& shortcut, bool training) {
    FinishedLayer finished;
    const auto affine = affineOf(end, sums, training, finished.moments);
    finished.output = activate(sums, affine, shortcut, end.negativeSlope);
    return finished;
}

LayerEndGradient::LayerEndGradient(const LayerEnd& end, const Tensor& sums, FinishedLayer finished)
    : negativeSlope_(end.negativeSlope), biased_(end.bias.defined()) {
    if (negativeSlope_ != 1.0F) {
        output_ = finished.output.detach();
    }
    if (end.norm) {
        sums_ = sums;
        normWeight_ = end.norm->weight.detach();
        moments_ = std::move(finished.moments);
        epsilon_ = end.norm->epsilon;
    }
}

LayerEndGradient::Gradients LayerEndGradient::operator()(const Tensor& gradient) const {
    Gradients result;
    result.shortcut = output_.defined() ? activationGradient(gradient, output_, negativeSlope_)
                                        : gradient.contiguous();
    result.sums = result.shortcut;
    if (normWeight_.defined()) {
        auto norm = batchNormGradients(result.shortcut, sums_, moments_, normWeight_, epsilon_);
        result.sums = norm.input;
        result.normWeight = norm.weight;
        result.normBias = norm.bias;
    }
    if (biased_) { // batch-norm takes a bias before it away again
        result.bias =
            normWeight_.defined() ? torch::zeros_like(normWeight_) : columnSums(result.sums);
    }
    return result;
}

} // namespace siskin
