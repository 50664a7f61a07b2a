// SPDX-License-Identifier: MIT
// The next coarser level: the voxels of a coarse (X, Y) column are the merge of at most four fine
// columns, which are sorted already, so nothing is sorted or searched.
#include "core/base/parallel.hpp"
#include "core/sparse/cpu/columns.hpp"
#include "core/sparse/cpu/kernel_map.hpp"
#include "core/sparse/cpu/pair_lists.hpp"

#include <limits>
#include <utility>

namespace siskin::cpu {

namespace {

constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

/// Merges the slabs of one chunk; coarse rows are counted from the chunk's first.
class SlabMerger {
  public:
    SlabMerger(const Columns& fine, PairLists::Chunk& pairs, Coordinate* coarse)
        : fine_(fine), pairs_(pairs), coarse_(coarse) {}

    /// All fine slabs of one (batch, X).
    void merge(Range slabs) {
        Range columns[2] = {{0, 0}, {0, 0}}; // even x, odd x
        for (auto slab = slabs.begin; slab < slabs.end; ++slab) {
            columns[fine_.x(slab) & 1] = fine_.columnsOf(slab);
        }
        at_ = {fine_.batch(slabs.begin), fine_.x(slabs.begin) >> 1, 0, 0};
        while (columns[0].begin < columns[0].end || columns[1].begin < columns[1].end) {
            const auto y = std::min(coarseY(columns[0]), coarseY(columns[1]));
            at_[2] = static_cast<std::int32_t>(y);
            runs_ = 0;
            for (int side = 0; side < 2; ++side) {
                for (auto& range = columns[side]; coarseY(range) == y; ++range.begin) {
                    const auto rows = fine_.rowsOf(range.begin);
                    const int offset = 4 * side + 2 * (fine_.y(range.begin) & 1);
                    run_[runs_++] = {rows.begin, rows.end, offset};
                }
            }
            mergeRuns();
        }
    }

    std::int32_t coarseRows() const noexcept { return rows_; }

  private:
    struct Run {
        std::int64_t row;
        std::int64_t end;
        int offset; ///< kernel index of its even z
    };

    std::int64_t coarseY(Range columns) const noexcept {
        return columns.begin < columns.end ? fine_.y(columns.begin) >> 1 : kNone;
    }

    std::int64_t coarseZ(const Run& run) const noexcept {
        return run.row < run.end ? fine_.z(run.row) >> 1 : kNone;
    }

    void mergeRuns() {
        for (;;) {
            std::int64_t z = kNone;
            for (int r = 0; r < runs_; ++r) {
                z = std::min(z, coarseZ(run_[r]));
            }
            if (z == kNone) {
                return;
            }
            at_[3] = static_cast<std::int32_t>(z);
            coarse_[rows_] = at_;
            for (int r = 0; r < runs_; ++r) {
                for (auto& run = run_[r]; coarseZ(run) == z; ++run.row) {
                    const int offset = run.offset + (fine_.z(run.row) & 1);
                    pairs_.add(offset, static_cast<std::int32_t>(run.row), rows_);
                }
            }
            ++rows_;
        }
    }

    const Columns& fine_;
    PairLists::Chunk& pairs_;
    Coordinate* coarse_;
    Coordinate at_{};
    std::int32_t rows_ = 0;
    Run run_[4] = {};
    int runs_ = 0;
};

/// Whether a slab belongs to the same (batch, X) as the one before it.
bool continuesSlab(const Columns& fine, std::int64_t slab) {
    return slab > 0 && slab < fine.slabs() && fine.batch(slab) == fine.batch(slab - 1) &&
           fine.x(slab) >> 1 == fine.x(slab - 1) >> 1;
}

/// The slabs of a chunk, with borders moved so that no coarse slab is cut.
Range wholeCoarseSlabs(const Columns& fine, std::int64_t chunk) {
    auto slabs = fine.slabsOfChunk(chunk);
    slabs.begin += continuesSlab(fine, slabs.begin) ? 1 : 0;
    slabs.end += continuesSlab(fine, slabs.end) ? 1 : 0;
    return slabs;
}

std::int32_t
mergeChunk(const Columns& fine, std::int64_t chunk, PairLists& found, Buffer<Coordinate>& coarse) {
    const auto slabs = wholeCoarseSlabs(fine, chunk);
    if (slabs.begin >= slabs.end) {
        found.close(chunk, found.open({0, 0}));
        return 0;
    }
    const Range rows =
        fine.rowsOfColumns({fine.columnsOf(slabs.begin).begin, fine.columnsOf(slabs.end - 1).end});
    auto pairs = found.open(rows);
    SlabMerger merger(fine, pairs, coarse.data() + rows.begin);
    for (auto slab = slabs.begin; slab < slabs.end;) {
        const auto next = slab + (continuesSlab(fine, slab + 1) ? 2 : 1);
        merger.merge({slab, next});
        slab = next;
    }
    found.close(chunk, pairs);
    return merger.coarseRows();
}

} // namespace

Coarsening coarsenVoxels(const VoxelSet& fine) {
    const Columns columns(fine);
    PairLists found(8, columns.chunks(), columns.rows());
    Buffer<Coordinate> coarse(columns.rows()); // each chunk's from its first fine row on
    Buffer<std::int32_t> base(columns.chunks() + 1);
    base[columns.chunks()] = 0;
    parallelFor(columns.chunks(), 1, [&](std::int64_t chunk, std::int64_t) {
        base[chunk] = mergeChunk(columns, chunk, found, coarse);
    });
    std::int32_t coarseRows = 0;
    for (std::int64_t chunk = 0; chunk <= columns.chunks(); ++chunk) {
        coarseRows += std::exchange(base[chunk], coarseRows);
    }

    Coarsening result;
    result.coarse.coords = torch::empty({coarseRows, 4}, torch::kInt32);
    auto* target = reinterpret_cast<Coordinate*>(result.coarse.coords.data_ptr<std::int32_t>());
    parallelFor(columns.chunks(), 1, [&](std::int64_t chunk, std::int64_t) {
        const auto slabs = wholeCoarseSlabs(columns, chunk);
        if (slabs.begin < slabs.end) {
            const auto firstColumn = columns.columnsOf(slabs.begin).begin;
            const auto* from = coarse.data() + columns.rowsOf(firstColumn).begin;
            std::copy_n(from, base[chunk + 1] - base[chunk], target + base[chunk]);
        }
    });
    const auto joined = found.join(&base); // first: fine row, second: coarse row
    std::vector<RowPairs> up;
    std::vector<RowPairs> down;
    for (int k = 0; k < 8; ++k) {
        up.push_back(joined.list(k));
        down.push_back(joined.list(k).swapped());
    }
    result.down = std::make_shared<BlockedKernelMap>(fine.size(), coarseRows, down);
    result.up = std::make_shared<BlockedKernelMap>(coarseRows, fine.size(), up);
    return result;
}

} // namespace siskin::cpu
