// SPDX-License-Identifier: MIT
// Gradients of the operations on clouds and grids, over channels-last memory. Every cloud is summed
// in one order by one thread, so results do not depend on the number of threads.
#pragma once

#include "core/points/point_ops.hpp"

namespace siskin {

/// Of `voxelize`: gradient (B, C, r, r, r) -> (B, C, N).
torch::Tensor voxelizeGradient(const torch::Tensor& gradient, const GridPlacement& placement);

/// Of `devoxelize` without scale and addend: gradient (B, C, N) -> (B, C, r, r, r).
torch::Tensor devoxelizeGradient(const torch::Tensor& gradient, const GridPlacement& placement);

/// Of a weighted sum of rows: row index[b, i] of cloud b gets gradient[b, :, i / terms] * weight[b,
/// i], terms being index.numel() over the gradient's points. (B, C, M...) -> (B, C, points).
/// `weight` may be undefined (1 each).
torch::Tensor scatterRows(
    const torch::Tensor& gradient,
    const torch::Tensor& index,
    const torch::Tensor& weight,
    std::int64_t points
);

} // namespace siskin
