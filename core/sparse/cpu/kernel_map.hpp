// SPDX-License-Identifier: MIT
// Kernel maps of the CPU implementation: output rows in blocks; inside a block, one pair list per
// kernel offset. A thread owns a block, so no two threads ever write one output row.
#pragma once

#include "core/sparse/cpu/buffer.hpp"
#include "core/sparse/cpu/kernels.hpp"
#include "core/sparse/sparse_ops.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace siskin::cpu {

struct RowPairs;

class BlockedKernelMap final : public KernelMap {
  public:
    /// `lists`: per kernel offset, output rows (first) and the input rows they meet (second).
    /// `mirrored`: the pairs of offset k are those of offset volume - 1 - k with the roles swapped,
    /// as in every odd submanifold kernel.
    BlockedKernelMap(
        std::int64_t rowsIn,
        std::int64_t rowsOut,
        const std::vector<RowPairs>& lists,
        bool mirrored = false
    );

    bool mirrored() const noexcept { return mirrored_; }

    /// The same pairs with the roles of input and output rows swapped; made at the first call.
    /// Null when an input row meets one kernel offset twice, which no map may say of an output row.
    const BlockedKernelMap* transposed() const;

    torch::Tensor pairs() const override;

    std::int64_t blockRows() const noexcept { return blockRows_; }

    std::int64_t blockCount() const noexcept { return blockCount_; }

    PairList pairsOf(std::size_t block, int offset) const noexcept {
        const auto at = offset * blockCount_ + static_cast<std::int64_t>(block);
        return {in_.data() + start_[at], out_.data() + start_[at], start_[at + 1] - start_[at]};
    }

  private:
    void findStarts(const std::vector<RowPairs>& lists);
    void fill(const std::vector<RowPairs>& lists);

    std::unique_ptr<const BlockedKernelMap> swapRoles() const;

    bool mirrored_;
    std::int64_t blockRows_;
    std::int64_t blockCount_;
    Buffer<std::int64_t> start_; ///< per offset and block, and the end: position in `in_`, `out_`
    Buffer<std::int32_t> in_;    ///< input rows
    Buffer<std::int32_t> out_;   ///< output rows, counted from their block's first
    mutable std::once_flag transposing_;
    mutable std::unique_ptr<const BlockedKernelMap> transposed_;
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
