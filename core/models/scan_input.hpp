// SPDX-License-Identifier: MIT
// From a scan to what the networks take: voxels and one representative point each.
#pragma once

#include "core/models/network.hpp"
#include "core/scan/scan.hpp"

namespace siskin {

/// Voxels of a scan and the features of their representatives (models.md 4.1, steps 1 to 4).
struct PreparedScan {
    NetworkInput input;
    torch::Tensor pointToVoxel; ///< int64 [N], voxel row of each point
    /// int64 [V], the representative: first point of each voxel. In the processor's memory, all
    /// else in that of the operations.
    torch::Tensor firstPoint;
};

/// Records the stage "voxelise". Throws `DatasetError` for an empty scan, one without the
/// "intensity" field, with non-finite coordinates, or with more than 2^30 voxels per axis.
PreparedScan
prepareScan(const SparseOps& ops, const Scan& scan, float voxelSize, TraceRecorder& trace);

} // namespace siskin
