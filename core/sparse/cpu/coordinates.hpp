// SPDX-License-Identifier: MIT
// Voxel sets from lists of coordinates or points. Coordinates become sortable 64-bit keys: a key is
// exact (no hash), each axis gets just the bits that the list's extent needs, batch in the highest
// ones, z in the lowest.
#pragma once

#include "core/sparse/sparse_ops.hpp"

namespace siskin::cpu {

/// `SparseOps::unique`; throws `DatasetError` when the extents need more than 64 bits together.
UniqueVoxels uniqueVoxels(const torch::Tensor& coords);

/// `SparseOps::quantize`.
UniqueVoxels quantizePositions(const torch::Tensor& positions, float voxelSize);

} // namespace siskin::cpu
