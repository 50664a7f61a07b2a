// SPDX-License-Identifier: MIT
#include "core/sparse/cpu/kernel_map.hpp"

#include "core/base/parallel.hpp"
#include "core/sparse/cpu/coordinates.hpp"
#include "core/sparse/kernel_offsets.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace siskin::cpu {

namespace {

using Block = BlockedKernelMap::Block;

/// Blocks of 256 to 1024 rows: large enough that register tiles fill, small enough that a block's
/// sums stay in the second-level cache and that small levels still feed every thread
/// (engines.md 2.6).
std::int64_t blockRowsFor(std::int64_t rows) {
    constexpr std::int64_t kBlocksWanted = 24;
    return std::clamp<std::int64_t>(rows / kBlocksWanted / 64 * 64, 256, 1024);
}

/// Collects the pairs of one block, one list per kernel offset. An output row has at most one
/// partner per offset, so a list never outgrows the block.
class BlockBuilder {
  public:
    void reset(int volume, std::int64_t blockRows) {
        volume_ = volume;
        capacity_ = static_cast<std::size_t>(blockRows);
        counts_.assign(static_cast<std::size_t>(volume), 0);
        in_.resize(static_cast<std::size_t>(volume) * capacity_);
        out_.resize(in_.size());
    }

    void add(int offset, std::int64_t in, std::int64_t out) {
        const auto k = static_cast<std::size_t>(offset);
        const std::size_t slot = k * capacity_ + static_cast<std::size_t>(counts_[k]++);
        in_[slot] = static_cast<std::int32_t>(in);
        out_[slot] = static_cast<std::int32_t>(out);
    }

    Block finish() const {
        Block block;
        block.start.resize(static_cast<std::size_t>(volume_) + 1, 0);
        std::partial_sum(counts_.begin(), counts_.end(), block.start.begin() + 1);
        const auto total = static_cast<std::size_t>(block.start.back());
        block.in.resize(total);
        block.out.resize(total);
        for (std::size_t k = 0; k < counts_.size(); ++k) {
            std::copy_n(
                in_.begin() + static_cast<std::ptrdiff_t>(k * capacity_),
                counts_[k],
                block.in.begin() + block.start[k]
            );
            std::copy_n(
                out_.begin() + static_cast<std::ptrdiff_t>(k * capacity_),
                counts_[k],
                block.out.begin() + block.start[k]
            );
        }
        return block;
    }

  private:
    int volume_ = 0;
    std::size_t capacity_ = 0;
    std::vector<std::int32_t> counts_;
    std::vector<std::int32_t> in_;
    std::vector<std::int32_t> out_;
};

using FillBlock = std::function<void(std::int64_t begin, std::int64_t end, BlockBuilder& builder)>;

/// Builds all blocks in parallel; `fill` adds the pairs of the output rows [begin, end).
std::shared_ptr<const BlockedKernelMap>
buildBlocks(int volume, std::int64_t rowsIn, std::int64_t rowsOut, const FillBlock& fill) {
    const std::int64_t blockRows = blockRowsFor(rowsOut);
    std::vector<Block> blocks(static_cast<std::size_t>((rowsOut + blockRows - 1) / blockRows));
    parallelFor(rowsOut, blockRows, [&](std::int64_t begin, std::int64_t end) {
        thread_local BlockBuilder builder;
        for (std::int64_t first = begin; first < end; first += blockRows) {
            builder.reset(volume, blockRows);
            fill(first, std::min(end, first + blockRows), builder);
            blocks[static_cast<std::size_t>(first / blockRows)] = builder.finish();
        }
    });
    return std::make_shared<BlockedKernelMap>(
        volume, rowsIn, rowsOut, blockRows, std::move(blocks)
    );
}

std::int64_t countPairs(const std::vector<Block>& blocks) {
    std::int64_t total = 0;
    for (const auto& block : blocks) {
        total += static_cast<std::int64_t>(block.in.size());
    }
    return total;
}

/// Finds the neighbours of rows [begin, end) in one (dx, dy) column by a merge: the wanted keys
/// ascend with the rows, so one pointer sweeps the sorted keys once and meets the whole run in z.
void mergeColumn(
    const SortedKeys& sorted,
    const Coordinate* coords,
    int kernelSize,
    std::array<int, 2> column,
    std::int64_t begin,
    std::int64_t end,
    BlockBuilder& builder
) {
    const auto [low, high] = axisOffsets(kernelSize);
    const auto& keys = sorted.keys;
    const std::int32_t zMin = sorted.layout.low(3);
    const std::int32_t zMax = sorted.layout.high(3);
    std::size_t at = 0;
    bool placed = false;
    for (std::int64_t row = begin; row < end; ++row) {
        const Coordinate& c = coords[row];
        Coordinate wanted = {c[0], c[1] + column[0], c[2] + column[1], std::max(c[3] + low, zMin)};
        if (!sorted.layout.contains(wanted)) {
            continue;
        }
        const std::uint64_t first = sorted.layout.key(wanted);
        const std::uint64_t last =
            first + static_cast<std::uint64_t>(std::min(c[3] + high, zMax) - wanted[3]);
        if (!placed) {
            at = static_cast<std::size_t>(
                std::lower_bound(keys.begin(), keys.end(), first) - keys.begin()
            );
            placed = true;
        }
        while (at < keys.size() && keys[at] < first) {
            ++at;
        }
        for (std::size_t i = at; i < keys.size() && keys[i] <= last; ++i) {
            const int dz = wanted[3] + static_cast<int>(keys[i] - first) - c[3];
            builder.add(
                kernelIndex(kernelSize, column[0], column[1], dz),
                static_cast<std::int64_t>(i),
                row - begin
            );
        }
    }
}

} // namespace

BlockedKernelMap::BlockedKernelMap(
    int volume,
    std::int64_t rowsIn,
    std::int64_t rowsOut,
    std::int64_t blockRows,
    std::vector<Block> blocks
)
    : KernelMap(volume, rowsIn, rowsOut, countPairs(blocks)), blockRows_(blockRows),
      blocks_(std::move(blocks)) {}

PairList BlockedKernelMap::pairsOf(std::size_t block, int offset) const noexcept {
    const auto& b = blocks_[block];
    const auto k = static_cast<std::size_t>(offset);
    return {b.in.data() + b.start[k], b.out.data() + b.start[k], b.start[k + 1] - b.start[k]};
}

torch::Tensor BlockedKernelMap::pairs() const {
    const auto result = torch::empty({pairCount(), 3}, torch::kInt64);
    auto* row = result.data_ptr<std::int64_t>();
    for (int k = 0; k < volume(); ++k) {
        for (std::size_t b = 0; b < blocks_.size(); ++b) {
            const auto list = pairsOf(b, k);
            for (std::int64_t i = 0; i < list.count; ++i, row += 3) {
                row[0] = k;
                row[1] = list.in[i];
                row[2] = static_cast<std::int64_t>(b) * blockRows_ + list.out[i];
            }
        }
    }
    return result;
}

std::shared_ptr<const BlockedKernelMap>
submanifoldKernelMap(const VoxelSet& voxels, int kernelSize) {
    requireKernelSize(kernelSize);
    const SortedKeys sorted(voxels);
    const Coordinate* coords = coordinatesOf(voxels.coords);
    const auto [low, high] = axisOffsets(kernelSize);
    const auto fill =
        [&, low = low, high = high](std::int64_t begin, std::int64_t end, BlockBuilder& builder) {
            for (int dx = low; dx <= high; ++dx) {
                for (int dy = low; dy <= high; ++dy) {
                    mergeColumn(sorted, coords, kernelSize, {dx, dy}, begin, end, builder);
                }
            }
        };
    return buildBlocks(kernelSize * kernelSize * kernelSize, voxels.size(), voxels.size(), fill);
}

std::shared_ptr<const BlockedKernelMap> kernelMapFromPairs(
    const torch::Tensor& pairs, int volume, std::int64_t rowsIn, std::int64_t rowsOut
) {
    using PairRow = std::array<std::int64_t, 3>; // kernel index, input row, output row
    const auto contiguous = pairs.contiguous();
    const auto* first = reinterpret_cast<const PairRow*>(contiguous.data_ptr<std::int64_t>());
    const auto* last = first + contiguous.size(0);
    const auto before = [](const PairRow& a, const PairRow& b) {
        return std::pair(a[0], a[2]) < std::pair(b[0], b[2]);
    };
    const auto fill = [&](std::int64_t begin, std::int64_t end, BlockBuilder& builder) {
        for (int k = 0; k < volume; ++k) {
            const auto* pair = std::lower_bound(first, last, PairRow{k, 0, begin}, before);
            for (; pair != last && (*pair)[0] == k && (*pair)[2] < end; ++pair) {
                builder.add(k, (*pair)[1], (*pair)[2] - begin);
            }
        }
    };
    return buildBlocks(volume, rowsIn, rowsOut, fill);
}

std::shared_ptr<const BlockedKernelMap> identityKernelMap(std::int64_t rows) {
    return buildBlocks(
        1,
        rows,
        rows,
        [](std::int64_t begin, std::int64_t end, BlockBuilder& builder) {
            for (std::int64_t row = begin; row < end; ++row) {
                builder.add(0, row, row - begin);
            }
        }
    );
}

Coarsening coarsenVoxels(const VoxelSet& fine) {
    auto coarse = uniqueVoxels(halvedCoordinates(fine.coords));
    const Coordinate* coords = coordinatesOf(fine.coords);
    const auto* parent = coarse.inverse.data_ptr<std::int64_t>();
    const auto lowBits = [coords](std::int64_t row) {
        return 4 * (coords[row][1] & 1) + 2 * (coords[row][2] & 1) + (coords[row][3] & 1);
    };
    std::vector<std::int32_t> child(static_cast<std::size_t>(coarse.voxels.size()) * 8, -1);
    for (std::int64_t row = 0; row < fine.size(); ++row) {
        child[static_cast<std::size_t>(parent[row] * 8 + lowBits(row))] =
            static_cast<std::int32_t>(row);
    }
    const auto fillDown = [&child](std::int64_t begin, std::int64_t end, BlockBuilder& builder) {
        for (std::int64_t row = begin; row < end; ++row) {
            for (int k = 0; k < 8; ++k) {
                const std::int32_t in = child[static_cast<std::size_t>(row * 8 + k)];
                if (in >= 0) {
                    builder.add(k, in, row - begin);
                }
            }
        }
    };
    const auto fillUp = [&](std::int64_t begin, std::int64_t end, BlockBuilder& builder) {
        for (std::int64_t row = begin; row < end; ++row) {
            builder.add(lowBits(row), parent[row], row - begin);
        }
    };
    Coarsening result;
    result.down = buildBlocks(8, fine.size(), coarse.voxels.size(), fillDown);
    result.up = buildBlocks(8, coarse.voxels.size(), fine.size(), fillUp);
    result.coarse = std::move(coarse.voxels);
    return result;
}

} // namespace siskin::cpu
