// SPDX-License-Identifier: MIT
// Gradients of the CPU implementation. The one with respect to a convolution's features is itself a
// convolution, see CpuOps.
#pragma once

#include "core/sparse/cpu/kernel_map.hpp"

namespace siskin::cpu {

/// See `SparseOps::weightGradient`.
torch::Tensor weightGradient(
    const torch::Tensor& features, const BlockedKernelMap& map, const torch::Tensor& outGradient
);

/// See `SparseOps::pointsToVoxelsGradient` and `voxelsToPointsGradient`.
torch::Tensor shareAmongPoints(const torch::Tensor& voxelGradient, const PointVoxelMap& map);
torch::Tensor scatterToVoxels(const torch::Tensor& pointGradient, const PointVoxelMap& map);

} // namespace siskin::cpu
