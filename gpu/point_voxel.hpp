// SPDX-License-Identifier: MIT
// Between points and voxels, and from logits to labels; see the operations of the same names in
// core/sparse/sparse_ops.hpp.
#pragma once

#include "core/sparse/sparse_ops.hpp"

namespace siskin::gpu {

PointVoxelMap mapPoints(const torch::Tensor& points, const VoxelSet& voxels, int stride);

torch::Tensor pointsToVoxels(const torch::Tensor& pointFeatures, const PointVoxelMap& map);

torch::Tensor voxelsToPoints(
    const torch::Tensor& voxelFeatures, const PointVoxelMap& map, const torch::Tensor& addend
);

void labelPoints(
    const torch::Tensor& logits,
    const torch::Tensor& pointToVoxel,
    std::span<std::uint8_t> classIds,
    std::span<float> confidence
);

} // namespace siskin::gpu
