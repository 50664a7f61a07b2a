// SPDX-License-Identifier: MIT
// What follows the sums of a trained layer, forwards and backwards: bias, batch-norm with its two
// kinds of statistics, shortcut and activation. The same for sparse, point-wise and dense layers.
#pragma once

#include "core/sparse/batch_norm.hpp"
#include "core/train/normalization.hpp"

#include <optional>

namespace siskin {

struct LayerEnd {
    torch::Tensor bias{}; ///< [Cout] or undefined
    std::optional<BatchNorm> norm{};
    float negativeSlope = 1.0F; ///< what negative results are multiplied by: 0 ReLU, 1 nothing
};

struct FinishedLayer {
    torch::Tensor output;  ///< [N, Cout], new
    ColumnMoments moments; ///< that the batch-norm used
};

/// `sums` [N, Cout]; `shortcut` [N, Cout] or undefined is added before the activation. `training`:
/// batch-norm uses the statistics of the sums and moves its running ones (momentum 0.1); otherwise
/// it uses those.
FinishedLayer finishLayer(
    const LayerEnd& end, const torch::Tensor& sums, const torch::Tensor& shortcut, bool training
);

/// What the backward pass of a layer's end keeps.
class LayerEndGradient {
  public:
    struct Gradients {
        torch::Tensor sums;
        torch::Tensor bias;       ///< undefined without one
        torch::Tensor normWeight; ///< these two undefined without batch-norm
        torch::Tensor normBias;
        torch::Tensor shortcut;
    };

    LayerEndGradient() = default;
    LayerEndGradient(const LayerEnd& end, const torch::Tensor& sums, FinishedLayer finished);

    /// `gradient` of the output, [N, Cout].
    Gradients operator()(const torch::Tensor& gradient) const;

  private:
    torch::Tensor sums_;   ///< for batch-norm only
    torch::Tensor output_; ///< for an activation only
    torch::Tensor normWeight_;
    ColumnMoments moments_;
    double epsilon_ = 0.0;
    float negativeSlope_ = 1.0F;
    bool biased_ = false;
};

} // namespace siskin
