// SPDX-License-Identifier: MIT
// What the CUDA core remembers of a voxel set: its keys, its bricks, and what was made from it.
#pragma once

#include "core/sparse/sparse_ops.hpp"
#include "gpu/kernels/neighbours.hpp"

#include <map>
#include <optional>

namespace siskin::gpu {

/// The set one level up, and whose parent is who.
struct CoarserLevel {
    VoxelSet voxels;
    torch::Tensor parents; ///< int32, of the finer level's voxels in key order
};

/// Its members fill up as operations ask for them; one thread at a time.
class CudaVoxelIndex final : public VoxelIndex {
  public:
    torch::Tensor keys;     ///< int64 [V], sorted
    torch::Tensor rowOf{};  ///< int32 [V], row of each key; undefined where that is its place
    torch::Tensor layout{}; ///< uint8, a KeyLayout
    int level = 0;          ///< how often the coordinates were halved since the layout was made

    torch::Tensor brickKeys{};
    torch::Tensor brickTaken{};
    torch::Tensor brickRows{};

    std::optional<CoarserLevel> coarser{};
    std::optional<Coarsening> coarsening{};
    std::map<int, KernelMapPtr> submanifold{}; ///< by kernel size
};

using CudaVoxelIndexPtr = std::shared_ptr<CudaVoxelIndex>;

/// Checks of coordinates that were not made here, and their distinct rows in key order.
UniqueVoxels uniqueVoxels(const torch::Tensor& coords);

/// See `SparseOps::quantize`.
UniqueVoxels quantizedVoxels(const torch::Tensor& positions, float voxelSize);

/// The index of a set; made from its coordinates where it has none of ours.
CudaVoxelIndexPtr indexOf(const VoxelSet& voxels);

/// What lookups need, with bricks.
IndexedVoxels lookUp(const VoxelSet& voxels, CudaVoxelIndex& index);

/// Makes `coarser` of `voxels` and of the levels above it, `levels` in all, with one wait for the
/// device. Throws `DeviceError` beyond kCoarsenings.
void makeCoarserLevels(const VoxelSet& voxels, const CudaVoxelIndexPtr& index, int levels);

} // namespace siskin::gpu
