// SPDX-License-Identifier: MIT
// Batch-norm with its running statistics (Ioffe and Szegedy, ICML 2015), as networks store it.
#pragma once

#include <torch/types.h>

namespace siskin {

/// The batch-norm that follows a convolution: y = (x - mean) / sqrt(variance + epsilon) * weight +
/// bias, all [Cout].
struct BatchNorm {
    torch::Tensor weight;
    torch::Tensor bias;
    torch::Tensor mean;     ///< running mean
    torch::Tensor variance; ///< running variance
    double epsilon = 1e-5;
};

/// What batch-norm does to the sums of the convolution before it: y = x * scale + shift, where
/// `shift` includes the convolution's own bias. float64 [Cout].
struct FoldedNorm {
    torch::Tensor scale;
    torch::Tensor shift;
};

/// `bias` [Cout] of the convolution, or undefined.
FoldedNorm fold(const BatchNorm& norm, const torch::Tensor& bias);

} // namespace siskin
