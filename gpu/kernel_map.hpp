// SPDX-License-Identifier: MIT
// Kernel maps of the CUDA core: a table of neighbours, and orders of its rows for the tiles.
#pragma once

#include "core/sparse/sparse_ops.hpp"
#include "gpu/cost_model.hpp"

#include <vector>

namespace siskin::gpu {

/// The offsets cut into `work.splits` parts, each with its rows sorted by the offsets they have.
struct RowOrders {
    OrderWork work;
    torch::Tensor order;     ///< int32 [splits, rows]
    torch::Tensor tileMasks; ///< int32 (bits) [splits, tiles of 64 rows]
};

/// The pairs of one kernel offset, int32 on the device.
struct PairList {
    torch::Tensor in;
    torch::Tensor out;
};

class CudaKernelMap final : public KernelMap {
  public:
    CudaKernelMap(
        int volume,
        std::int64_t rowsIn,
        std::int64_t rowsOut,
        std::int64_t pairs,
        torch::Tensor table
    )
        : KernelMap(volume, rowsIn, rowsOut, pairs), table_(std::move(table)) {}

    /// In the processor's memory.
    torch::Tensor pairs() const override;

    /// int32 [volume, rowsOut], -1 where there is no neighbour; undefined for an identity.
    const torch::Tensor& table() const noexcept { return table_; }

    /// One list per kernel offset, made on the first call; one thread at a time.
    const std::vector<PairList>& pairLists() const;

    /// int32 (bits) [words, rowsOut]: bit k % 32 of word k / 32 says whether the row has offset k.
    torch::Tensor masks{};
    std::vector<RowOrders> orders{}; ///< by number of splits; empty: rows as they are

  private:
    torch::Tensor table_;
    mutable std::vector<PairList> pairLists_;
};

/// A map whose table is there.
struct TableOfMap {
    torch::Tensor table; ///< int32 [volume, rowsOut]
    std::int64_t rowsIn = 0;
};

/// Finds masks and orders of all of them with one wait for the device.
std::vector<KernelMapPtr> makeMaps(const std::vector<TableOfMap>& tables);

/// The splits that are worth trying for a kernel.
std::vector<int> splitChoices(int volume);

} // namespace siskin::gpu
