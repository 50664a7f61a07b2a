// SPDX-License-Identifier: MIT
#include "core/sparse/batch_norm.hpp"

#include "core/sparse/sparse_ops.hpp"

namespace siskin {

FoldedNorm fold(const BatchNorm& norm, const torch::Tensor& bias) {
    const auto wide = [](const torch::Tensor& tensor) { return tensor.to(torch::kFloat64); };
    FoldedNorm folded;
    folded.scale = wide(norm.weight) / torch::sqrt(wide(norm.variance) + norm.epsilon);
    folded.shift = wide(norm.bias) - wide(norm.mean) * folded.scale;
    if (bias.defined()) {
        folded.shift = folded.shift + wide(bias) * folded.scale;
    }
    return folded;
}

PreparedConvPtr SparseOps::prepareNormalized(
    const torch::Tensor& weight,
    const torch::Tensor& bias,
    const BatchNorm& norm,
    Activation activation
) const {
    const auto folded = fold(norm, bias);
    return prepare(
        (weight.to(torch::kFloat64) * folded.scale).to(torch::kFloat32).contiguous(),
        folded.shift.to(torch::kFloat32).contiguous(),
        activation
    );
}

} // namespace siskin
