// SPDX-License-Identifier: MIT
#include "core/sparse/cpu/kernel_map.hpp"

#include "core/base/parallel.hpp"
#include "core/sparse/cpu/columns.hpp"
#include "core/sparse/cpu/pair_lists.hpp"
#include "core/sparse/kernel_offsets.hpp"

#include <algorithm>
#include <numeric>

namespace siskin::cpu {

namespace {

/// Blocks of 256 to 1024 rows: large enough that register tiles fill, small enough that a block's
/// sums stay in the second-level cache and that small levels still feed every thread
/// (engines.md 2.6).
std::int64_t blockRowsFor(std::int64_t rows) {
    constexpr std::int64_t kBlocksWanted = 24;
    return std::clamp<std::int64_t>(rows / kBlocksWanted / 64 * 64, 256, 1024);
}

std::int64_t countPairs(const std::vector<RowPairs>& lists) {
    return std::accumulate(
        lists.begin(),
        lists.end(),
        std::int64_t{0},
        [](std::int64_t sum, const RowPairs& list) { return sum + list.count; }
    );
}

/// The rows 0, 1, 2 ...
Buffer<std::int32_t> countingRows(std::int64_t rows) {
    Buffer<std::int32_t> result(rows);
    std::iota(result.data(), result.data() + rows, 0);
    return result;
}

} // namespace

BlockedKernelMap::BlockedKernelMap(
    std::int64_t rowsIn, std::int64_t rowsOut, const std::vector<RowPairs>& lists, bool mirrored
)
    : KernelMap(static_cast<int>(lists.size()), rowsIn, rowsOut, countPairs(lists)),
      mirrored_(mirrored), blockRows_(blockRowsFor(rowsOut)),
      blockCount_((rowsOut + blockRows_ - 1) / blockRows_), start_(volume() * blockCount_ + 1),
      in_(pairCount()), out_(pairCount()) {
    findStarts(lists);
    fill(lists);
}

void BlockedKernelMap::findStarts(const std::vector<RowPairs>& lists) {
    auto* start = start_.data();
    std::int64_t listStart = 0;
    for (const auto& list : lists) {
        const auto* from = list.first;
        for (std::int64_t block = 0; block < blockCount_; ++block) {
            const auto firstRow = static_cast<std::int32_t>(block * blockRows_);
            from = std::lower_bound(from, list.first + list.count, firstRow);
            *start++ = listStart + (from - list.first);
        }
        listStart += list.count;
    }
    *start = listStart;
}

void BlockedKernelMap::fill(const std::vector<RowPairs>& lists) {
    parallelFor(blockCount_, 1, [&](std::int64_t block, std::int64_t) {
        const auto firstRow = static_cast<std::int32_t>(block * blockRows_);
        for (int k = 0; k < volume(); ++k) {
            const auto& list = lists[static_cast<std::size_t>(k)];
            const auto begin = start_[k * blockCount_ + block];
            const auto count = start_[k * blockCount_ + block + 1] - begin;
            const auto from = begin - start_[k * blockCount_];
            std::copy_n(list.second + from, count, in_.data() + begin);
            std::transform(
                list.first + from,
                list.first + from + count,
                out_.data() + begin,
                [firstRow](std::int32_t row) { return row - firstRow; }
            );
        }
    });
}

const BlockedKernelMap* BlockedKernelMap::transposed() const {
    std::call_once(transposing_, [this] { transposed_ = swapRoles(); });
    return transposed_.get();
}

std::unique_ptr<const BlockedKernelMap> BlockedKernelMap::swapRoles() const {
    using Pair = std::pair<std::int32_t, std::int32_t>; // this map's input and output row
    std::vector<Pair> pairs(static_cast<std::size_t>(pairCount()));
    std::vector<std::int32_t> rows(2 * pairs.size());
    std::vector<RowPairs> lists;
    auto end = pairs.begin();
    for (int k = 0; k < volume(); ++k) {
        const auto begin = end;
        for (std::int64_t block = 0; block < blockCount_; ++block) {
            const auto list = pairsOf(static_cast<std::size_t>(block), k);
            const auto firstRow = static_cast<std::int32_t>(block * blockRows_);
            for (std::int64_t i = 0; i < list.count; ++i) {
                *end++ = {list.in[i], firstRow + list.out[i]};
            }
        }
        // Maps between levels come out sorted already.
        if (!std::is_sorted(begin, end)) {
            std::sort(begin, end);
        }
        const auto sameInput = [](const Pair& a, const Pair& b) { return a.first == b.first; };
        if (std::adjacent_find(begin, end, sameInput) != end) {
            return nullptr;
        }
        const auto at = begin - pairs.begin();
        lists.push_back({rows.data() + at, rows.data() + pairCount() + at, end - begin});
    }
    std::transform(pairs.begin(), pairs.end(), rows.begin(), [](Pair p) { return p.first; });
    std::transform(pairs.begin(), pairs.end(), rows.begin() + pairCount(), [](Pair p) {
        return p.second;
    });
    return std::make_unique<BlockedKernelMap>(rowsOut(), rowsIn(), lists);
}

torch::Tensor BlockedKernelMap::pairs() const {
    const auto result = torch::empty({pairCount(), 3}, torch::kInt64);
    auto* row = result.data_ptr<std::int64_t>();
    for (int k = 0; k < volume(); ++k) {
        for (std::int64_t block = 0; block < blockCount_; ++block) {
            const auto list = pairsOf(static_cast<std::size_t>(block), k);
            for (std::int64_t i = 0; i < list.count; ++i, row += 3) {
                row[0] = k;
                row[1] = list.in[i];
                row[2] = block * blockRows_ + list.out[i];
            }
        }
    }
    return result;
}

std::shared_ptr<const BlockedKernelMap>
submanifoldKernelMap(const VoxelSet& voxels, int kernelSize) {
    requireKernelSize(kernelSize);
    const auto [low, high] = axisOffsets(kernelSize);
    const OffsetRange offsets{low, high, kernelSize, kernelSize % 2 == 1};
    const Columns columns(voxels);
    PairLists found(offsets.lists(), columns.chunks(), columns.rows());
    parallelFor(columns.chunks(), 1, [&](std::int64_t chunk, std::int64_t) {
        const auto part = columns.columnsOfChunk(chunk);
        auto lists = found.open(columns.rowsOfColumns(part));
        NeighbourWalk(columns, offsets, [&lists](int list, std::int32_t row, std::int32_t other) {
            lists.add(list, row, other);
        }).walk(part);
        found.close(chunk, lists);
    });
    const auto joined = found.join();
    const auto own = countingRows(voxels.size());
    std::vector<RowPairs> perOffset;
    for (const auto& [dx, dy, dz] : kernelOffsets(kernelSize)) {
        const int list = offsets.listOf(dx, dy, dz);
        if (!offsets.upperHalf || list >= 0) {
            perOffset.push_back(joined.list(list));
        } else if (list == -1) { // (0, 0, 0)
            perOffset.push_back({own.data(), own.data(), own.size()});
        } else { // row meets its neighbour at -d as the neighbour meets the row at d
            perOffset.push_back(joined.list(offsets.listOf(-dx, -dy, -dz)).swapped());
        }
    }
    return std::make_shared<BlockedKernelMap>(
        voxels.size(), voxels.size(), perOffset, offsets.upperHalf
    );
}

std::shared_ptr<const BlockedKernelMap> kernelMapFromPairs(
    const torch::Tensor& pairs, int volume, std::int64_t rowsIn, std::int64_t rowsOut
) {
    const auto columns = pairs.to(torch::kInt32).t().contiguous();
    const auto* kernel = columns.data_ptr<std::int32_t>();
    const std::int64_t count = pairs.size(0);
    std::vector<RowPairs> perOffset;
    std::int64_t begin = 0;
    for (int k = 0; k < volume; ++k) {
        const auto end = std::upper_bound(kernel + begin, kernel + count, k) - kernel;
        perOffset.push_back({kernel + 2 * count + begin, kernel + count + begin, end - begin});
        begin = end;
    }
    return std::make_shared<BlockedKernelMap>(rowsIn, rowsOut, perOffset);
}

std::shared_ptr<const BlockedKernelMap> identityKernelMap(std::int64_t rows) {
    const auto own = countingRows(rows);
    return std::make_shared<BlockedKernelMap>(
        rows, rows, std::vector<RowPairs>{{own.data(), own.data(), rows}}, true
    );
}

} // namespace siskin::cpu
