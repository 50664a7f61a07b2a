// SPDX-License-Identifier: MIT
// Clouds to grids and back on the device; shapes are checked by the caller, except for what takes a
// look at values.
#pragma once

#include "core/points/point_ops.hpp"

namespace siskin::gpu {

/// Throws what `points::requirePlacement` throws.
GridPlacement placeInGrid(const torch::Tensor& coords, int resolution, CloudScale scale);

torch::Tensor voxelize(const torch::Tensor& features, const GridPlacement& placement);

torch::Tensor devoxelize(
    const torch::Tensor& grid,
    const GridPlacement& placement,
    const torch::Tensor& channelScale,
    const torch::Tensor& addend
);

torch::Tensor channelMeans(const torch::Tensor& grid);

} // namespace siskin::gpu
