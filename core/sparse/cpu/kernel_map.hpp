// SPDX-License-Identifier: MIT
// Kernel maps of the CPU implementation: output rows in blocks; inside a block, one pair list per
// kernel offset. A thread owns a block, so no two threads ever write one output row.
#pragma once

#include "core/sparse/cpu/kernels.hpp"
#include "core/sparse/sparse_ops.hpp"

#include <cstdint>
#include <vector>

namespace siskin::cpu {

class BlockedKernelMap final : public KernelMap {
  public:
    struct Block {
        std::vector<std::int32_t> start; ///< volume + 1 positions in `in` and `out`
        std::vector<std::int32_t> in;    ///< input rows, grouped by kernel offset
        std::vector<std::int32_t>
            out; ///< output rows, counted from the block's first; ascending per offset
    };

    BlockedKernelMap(
        int volume,
        std::int64_t rowsIn,
        std::int64_t rowsOut,
        std::int64_t blockRows,
        std::vector<Block> blocks
    );

    torch::Tensor pairs() const override;

    std::int64_t blockRows() const noexcept { return blockRows_; }

    const std::vector<Block>& blocks() const noexcept { return blocks_; }

    PairList pairsOf(std::size_t block, int offset) const noexcept;

  private:
    std::int64_t blockRows_;
    std::vector<Block> blocks_;
};

std::shared_ptr<const BlockedKernelMap>
submanifoldKernelMap(const VoxelSet& voxels, int kernelSize);
/// `pairs` sorted by (kernel index, output row).
std::shared_ptr<const BlockedKernelMap> kernelMapFromPairs(
    const torch::Tensor& pairs, int volume, std::int64_t rowsIn, std::int64_t rowsOut
);
std::shared_ptr<const BlockedKernelMap> identityKernelMap(std::int64_t rows);
Coarsening coarsenVoxels(const VoxelSet& fine);

} // namespace siskin::cpu
