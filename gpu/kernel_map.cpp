// SPDX-License-Identifier: MIT
#include "gpu/kernel_map.hpp"

#include "core/base/error.hpp"
#include "gpu/kernels/row_order.hpp"
#include "gpu/tensor_access.hpp"

#include <algorithm>

namespace siskin::gpu {

namespace {

using torch::Tensor;

constexpr int kWordBits = 32;
constexpr int kFewOffsets = 9; ///< up to here one split is fine: one pass of the sort

std::int64_t tilesOf(std::int64_t rows) {
    return simt::divideUp(rows, kTileRows);
}

/// Maps that one call of the kernels takes.
class Batch {
  public:
    bool hasRoomFor(const TableOfMap& map) const {
        int lanes = lanes_.count;
        for (const int splits : splitChoices(volumeOf(map))) {
            lanes += splits;
        }
        return jobs_.count == 0 || (jobs_.count < kMostMasks && lanes <= kMostLanes);
    }

    void add(const TableOfMap& map) {
        const int volume = volumeOf(map);
        const std::int64_t rows = map.table.size(1);
        Entry entry{map, newTensor({simt::divideUp(volume, kWordBits), rows}, torch::kInt32), {}};
        jobs_.job[jobs_.count++] = {
            ints(map.table), static_cast<std::int32_t>(rows), volume, words(entry.masks)};
        for (const int splits : splitChoices(volume)) {
            entry.orders.push_back(addOrders(entry.masks, volume, rows, splits));
        }
        entries_.push_back(std::move(entry));
    }

    std::vector<KernelMapPtr> finish() {
        const auto device = torch::TensorOptions().device(gpu::device());
        const auto pairs = torch::zeros({jobs_.count}, device.dtype(torch::kInt64));
        const auto work = torch::zeros({std::max(lanes_.count, 1), 2}, device.dtype(torch::kInt32));
        for (int i = 0; i < lanes_.count; ++i) {
            lanes_.lane[i].work = ints(work) + std::int64_t{2} * i;
        }
        const auto stream = currentStream();
        ScratchMemory scratch;
        findMasks(
            stream, jobs_, reinterpret_cast<unsigned long long*>(pairs.data_ptr<std::int64_t>())
        );
        if (lanes_.count > 0) {
            sortRows(stream, lanes_, scratch.function());
        }
        // One wait: both numbers in one tensor.
        const auto counts = torch::cat({pairs, work.to(torch::kInt64).flatten()}).cpu();
        return collect(counts.data_ptr<std::int64_t>());
    }

  private:
    struct Entry {
        TableOfMap map;
        Tensor masks;
        std::vector<RowOrders> orders;
    };

    static int volumeOf(const TableOfMap& map) { return static_cast<int>(map.table.size(0)); }

    RowOrders addOrders(const Tensor& masks, int volume, std::int64_t rows, int splits) {
        RowOrders orders;
        orders.work.splits = splits;
        orders.order = newTensor({splits, rows}, torch::kInt32);
        orders.tileMasks = newTensor({splits, tilesOf(rows)}, torch::kInt32);
        const int perSplit = static_cast<int>(simt::divideUp(volume, splits));
        spares_.push_back(newTensor({splits, rows}, torch::kInt32));
        for (int s = 0; s < splits; ++s) {
            lanes_.lane[lanes_.count++] = {
                .masks = words(masks),
                .rows = static_cast<std::int32_t>(rows),
                .firstBit = s * perSplit,
                .bits = std::min(perSplit, volume - s * perSplit),
                .order = ints(orders.order) + s * rows,
                .spare = ints(spares_.back()) + s * rows,
                .tileMasks = words(orders.tileMasks) + s * tilesOf(rows),
                .work = nullptr};
        }
        return orders;
    }

    /// `counts`: pairs of each map, then the work of each lane.
    std::vector<KernelMapPtr> collect(const std::int64_t* counts) {
        std::vector<KernelMapPtr> maps;
        const std::int64_t* work = counts + jobs_.count;
        for (auto& entry : entries_) {
            auto map = std::make_shared<CudaKernelMap>(
                volumeOf(entry.map),
                entry.map.rowsIn,
                entry.map.table.size(1),
                counts[maps.size()],
                entry.map.table
            );
            for (auto& orders : entry.orders) {
                for (int s = 0; s < orders.work.splits; ++s) {
                    orders.work.tileOffsets64 += *work++;
                    orders.work.tileOffsets128 += *work++;
                }
            }
            map->masks = std::move(entry.masks);
            map->orders = std::move(entry.orders);
            maps.push_back(std::move(map));
        }
        return maps;
    }

    MaskJobs jobs_;
    OrderLanes lanes_;
    std::vector<Entry> entries_;
    std::vector<Tensor> spares_;
};

} // namespace

std::vector<int> splitChoices(int volume) {
    if (volume == 1) {
        return {};
    }
    if (volume <= kFewOffsets) {
        return {1};
    }
    if (volume <= kSplitBits) {
        return {1, 2, 3, 4};
    }
    return {static_cast<int>(simt::divideUp(volume, kFewOffsets))};
}

Tensor CudaKernelMap::pairs() const {
    if (!table_.defined()) {
        const auto rows = torch::arange(rowsOut());
        return torch::stack({torch::zeros_like(rows), rows, rows}, 1);
    }
    const auto table = table_.cpu();
    const auto found = torch::nonzero(table >= 0); // by kernel index, then output row
    const auto k = found.select(1, 0);
    const auto out = found.select(1, 1);
    return torch::stack({k, table.index({k, out}).to(torch::kInt64), out}, 1);
}

const std::vector<PairList>& CudaKernelMap::pairLists() const {
    for (auto k = static_cast<std::int64_t>(pairLists_.size()); k < volume(); ++k) {
        if (!table_.defined()) {
            const auto options = torch::TensorOptions().dtype(torch::kInt32).device(device());
            const auto all = torch::arange(rowsOut(), options);
            pairLists_.push_back({all, all});
            continue;
        }
        const auto neighbours = table_[k];
        const auto out = torch::nonzero(neighbours >= 0).select(1, 0);
        pairLists_.push_back({neighbours.index_select(0, out), out.to(torch::kInt32)});
    }
    return pairLists_;
}

std::vector<KernelMapPtr> makeMaps(const std::vector<TableOfMap>& tables) {
    std::vector<KernelMapPtr> maps;
    for (std::size_t i = 0; i < tables.size();) {
        Batch batch;
        for (; i < tables.size() && batch.hasRoomFor(tables[i]); ++i) {
            batch.add(tables[i]);
        }
        for (auto& map : batch.finish()) {
            maps.push_back(std::move(map));
        }
    }
    return maps;
}

} // namespace siskin::gpu
