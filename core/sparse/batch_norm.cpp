// SPDX-License-Identifier: MIT
#include "core/sparse/sparse_ops.hpp"

namespace siskin {

PreparedConvPtr SparseOps::prepareNormalized(
    const torch::Tensor& weight,
    const torch::Tensor& bias,
    const BatchNorm& norm,
    Activation activation
) const {
    const auto wide = [](const torch::Tensor& tensor) { return tensor.to(torch::kFloat64); };
    const auto scale = wide(norm.weight) / torch::sqrt(wide(norm.variance) + norm.epsilon);
    auto shift = wide(norm.bias) - wide(norm.mean) * scale;
    if (bias.defined()) {
        shift = shift + wide(bias) * scale;
    }
    return prepare(
        (wide(weight) * scale).to(torch::kFloat32).contiguous(),
        shift.to(torch::kFloat32).contiguous(),
        activation
    );
}

} // namespace siskin
