// SPDX-License-Identifier: MIT
// 3x3x3 convolution of dense grids through oneDNN.
#pragma once

#include "core/points/point_ops.hpp"

#include <optional>

namespace siskin::points {

/// "oneDNN 2.6.3"
std::string denseConvLibrary();

/// Arguments are checked by the caller.
PreparedDenseConvPtr prepareDenseConv(
    const torch::Tensor& weight,
    const torch::Tensor& bias,
    std::optional<BatchNorm> norm,
    float negativeSlope
);

torch::Tensor convolveDense(const torch::Tensor& grid, const PreparedDenseConv& conv);

} // namespace siskin::points
