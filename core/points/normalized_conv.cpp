// SPDX-License-Identifier: MIT
#include "core/points/point_ops.hpp"

namespace siskin {

PreparedDenseConvPtr PointOps::prepareNormalizedConv(
    const torch::Tensor& weight,
    const torch::Tensor& bias,
    const BatchNorm& norm,
    float negativeSlope
) const {
    const auto folded = fold(norm, bias);
    const auto scaled = weight.to(torch::kFloat64) * folded.scale.reshape({-1, 1, 1, 1, 1});
    return prepareConv(
        scaled.to(torch::kFloat32).contiguous(),
        folded.shift.to(torch::kFloat32).contiguous(),
        negativeSlope
    );
}

} // namespace siskin
