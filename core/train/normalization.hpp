// SPDX-License-Identifier: MIT
// Batch-norm with the statistics of the batch, together with the shortcut and the activation that
// follow it, forwards and backwards (Ioffe and Szegedy, ICML 2015). Rows are summed in pieces of
// fixed size, so results do not depend on the number of threads.
#pragma once

#include <torch/types.h>

#include <vector>

namespace siskin {

/// Mean and variance (divided by the number of rows) of each column.
struct ColumnMoments {
    std::vector<double> mean;
    std::vector<double> variance;
};

/// `rows`: float32 [N, C], contiguous, N > 0.
ColumnMoments columnMoments(const torch::Tensor& rows);

/// What a normalised layer does to its sums: value -> value * scale + shift, per column.
struct ColumnAffine {
    std::vector<float> scale;
    std::vector<float> shift;
};

/// activation(sums * scale + shift + shortcut), a new [N, C]. `shortcut` may be undefined; its rows
/// may be strided. Negative values are multiplied by `negativeSlope` in [0, 1]: 0 ReLU, 1 nothing.
torch::Tensor activate(
    const torch::Tensor& sums,
    const ColumnAffine& affine,
    const torch::Tensor& shortcut,
    float negativeSlope
);

/// `gradient` where `output` is positive, `gradient * negativeSlope` elsewhere; float32 [N, C],
/// contiguous.
torch::Tensor
activationGradient(const torch::Tensor& gradient, const torch::Tensor& output, float negativeSlope);

/// Sum of each column, float32 [C].
torch::Tensor columnSums(const torch::Tensor& rows);

struct NormGradients {
    torch::Tensor input;  ///< [N, C]
    torch::Tensor weight; ///< [C]
    torch::Tensor bias;   ///< [C]
};

/// Gradients of batch-norm over `input` (whose moments are given), from the one of its output.
NormGradients batchNormGradients(
    const torch::Tensor& gradient,
    const torch::Tensor& input,
    const ColumnMoments& moments,
    const torch::Tensor& weight,
    double epsilon
);

} // namespace siskin
