// SPDX-License-Identifier: MIT
// The older ways to compute a sparse convolution, kept as yardsticks.
#pragma once

#include "gpu/cuda_conv.hpp"

namespace siskin::gpu {

/// Per kernel offset: gather the rows that have it, multiply (cuBLAS through LibTorch), add to the
/// sums in float32; then one pass for bias, residual and activation.
void convolveByGathering(
    const torch::Tensor& input,
    const CudaKernelMap& map,
    const CudaConv& conv,
    const torch::Tensor& shortcut,
    const CudaConv* projection,
    ConvEpilogue epilogue
);

/// Adds bias and shortcut to `out`, a pass each.
void finishInPasses(
    const torch::Tensor& out,
    const torch::Tensor& bias,
    const torch::Tensor& shortcut,
    const CudaConv* projection,
    int channels
);

} // namespace siskin::gpu
