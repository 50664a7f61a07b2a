// SPDX-License-Identifier: MIT
// Point <-> voxel operators of the CPU implementation (models.md 2.2, 2.3).
#pragma once

#include "core/sparse/sparse_ops.hpp"

namespace siskin::cpu {

PointVoxelMap mapPointsToVoxels(const torch::Tensor& points, const VoxelSet& voxels, int stride);
torch::Tensor averagePoints(const torch::Tensor& pointFeatures, const PointVoxelMap& map);
torch::Tensor interpolateVoxels(
    const torch::Tensor& voxelFeatures, const PointVoxelMap& map, const torch::Tensor& addend
);

} // namespace siskin::cpu
