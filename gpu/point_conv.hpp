// SPDX-License-Identifier: MIT
// Dense 3x3x3 convolution on the device: LibTorch's, which is cuDNN's on a GPU, in float32 and with
// channels-last grids. Shapes are checked by the caller.
#pragma once

#include "core/points/point_ops.hpp"

#include <optional>

namespace siskin::gpu {

/// Copies what it needs to the device.
PreparedDenseConvPtr prepareDenseConv(
    const torch::Tensor& weight,
    const torch::Tensor& bias,
    const std::optional<BatchNorm>& norm,
    float negativeSlope
);

torch::Tensor convolveDense(const torch::Tensor& grid, const PreparedDenseConv& conv);

} // namespace siskin::gpu
