// SPDX-License-Identifier: MIT
// How a 3x3x3 convolution's result depends on its weights.
#pragma once

#include <torch/types.h>

namespace siskin::points {

/// Gradient of the weights of a convolution with zero padding of 1: `grid` (B, Cin, r, r, r) and
/// the gradient (B, Cout, r, r, r) of its result -> [Cout, Cin, 3, 3, 3], float32. The sums of the
/// clouds are added up in order, so they do not depend on the number of threads. Throws
/// `DeviceError`.
torch::Tensor denseWeightGradient(const torch::Tensor& grid, const torch::Tensor& gradient);

} // namespace siskin::points
