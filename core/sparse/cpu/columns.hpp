// SPDX-License-Identifier: MIT
// A sorted voxel set as slabs of equal (batch, x), which hold columns of equal y, which hold
// voxels of ascending z. Neighbours and parents are found by merging runs of this order, without
// keys, hashing or searching.
#pragma once

#include "core/sparse/cpu/buffer.hpp"
#include "core/sparse/sparse_ops.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace siskin::cpu {

using Coordinate = std::array<std::int32_t, 4>; ///< batch, x, y, z

/// Rows of an int32 [M, 4] tensor.
inline const Coordinate* coordinatesOf(const torch::Tensor& coords) {
    return reinterpret_cast<const Coordinate*>(coords.data_ptr<std::int32_t>());
}

/// Positions [begin, end) in a list.
struct Range {
    std::int64_t begin;
    std::int64_t end;
};

/// Chunks of rows that the loops over columns are cut into.
inline constexpr std::int64_t kColumnChunkRows = 4096;

class Columns {
  public:
    explicit Columns(const VoxelSet& voxels);

    std::int64_t rows() const noexcept { return rows_; }

    std::int64_t chunks() const noexcept {
        return (rows_ + kColumnChunkRows - 1) / kColumnChunkRows;
    }

    std::int64_t slabs() const noexcept { return slabStart_.size() - 1; }

    /// Batch and x of a slab.
    std::int32_t batch(std::int64_t slab) const noexcept { return coordinateOf(slab)[0]; }

    std::int32_t x(std::int64_t slab) const noexcept { return coordinateOf(slab)[1]; }

    Range columnsOf(std::int64_t slab) const noexcept {
        return {slabStart_[slab], slabStart_[slab + 1]};
    }

    Range rowsOf(std::int64_t column) const noexcept {
        return {start_[column], start_[column + 1]};
    }

    std::int32_t y(std::int64_t column) const noexcept { return y_[column]; }

    std::int32_t z(std::int64_t row) const noexcept { return z_[row]; }

    /// The columns that start in the rows of a chunk.
    Range columnsOfChunk(std::int64_t chunk) const noexcept {
        return {chunkColumn_[chunk], chunkColumn_[chunk + 1]};
    }

    /// The slabs that start in the rows of a chunk.
    Range slabsOfChunk(std::int64_t chunk) const noexcept {
        return {chunkSlab_[chunk], chunkSlab_[chunk + 1]};
    }

    /// The rows of a range of columns.
    Range rowsOfColumns(Range columns) const noexcept {
        return {start_[columns.begin], start_[columns.end]};
    }

    /// The slab that a column belongs to.
    std::int64_t slabOf(std::int64_t column) const noexcept {
        const auto* first = slabStart_.data();
        return std::upper_bound(first, first + slabs(), column) - first - 1;
    }

    /// The slab `dx` further in x, or -1.
    std::int64_t slabAt(std::int64_t slab, int dx) const noexcept;

  private:
    const Coordinate& coordinateOf(std::int64_t slab) const noexcept {
        return coords_[start_[slabStart_[slab]]];
    }

    void countStarts();
    void fillStarts();

    torch::Tensor tensor_; ///< keeps `coords_` alive
    const Coordinate* coords_;
    std::int64_t rows_;
    Buffer<std::int32_t> chunkColumn_; ///< columns that start before each chunk, and all
    Buffer<std::int32_t> chunkSlab_;
    Buffer<std::int32_t> z_;         ///< per row
    Buffer<std::int32_t> y_;         ///< per column
    Buffer<std::int32_t> start_;     ///< first row per column, and the end
    Buffer<std::int32_t> slabStart_; ///< first column per slab, and the end
};

/// Half of an odd kernel's offsets, those that are lexicographically greater than 0 (the others are
/// their mirror images), or all offsets of an even kernel. `listOf` numbers them in lexicographic
/// order from 0.
struct OffsetRange {
    int low;        ///< smallest offset per axis
    int high;       ///< largest offset per axis
    int size;       ///< kernel size
    bool upperHalf; ///< only offsets after (0, 0, 0)

    int lists() const noexcept {
        const int volume = size * size * size;
        return upperHalf ? (volume - 1) / 2 : volume;
    }

    int listOf(int dx, int dy, int dz) const noexcept {
        const int linear = (dx * size + dy) * size + dz;
        return upperHalf ? linear - 1 : linear - (low * size + low) * size - low;
    }
};

/// Calls found(list, row, neighbour) for every pair of voxels whose difference neighbour - row is
/// an offset of `offsets`, for the rows of the columns in `part`. Per list, both rows ascend.
template <typename Found>
class NeighbourWalk {
  public:
    NeighbourWalk(const Columns& columns, OffsetRange offsets, Found found)
        : columns_(columns), offsets_(offsets), found_(found) {}

    void walk(Range part) {
        if (part.begin == part.end) {
            return;
        }
        for (auto slab = columns_.slabOf(part.begin); part.begin < part.end; ++slab) {
            const auto all = columns_.columnsOf(slab);
            const Range here = {part.begin, std::min(part.end, all.end)};
            for (int dx = offsets_.upperHalf ? 0 : offsets_.low; dx <= offsets_.high; ++dx) {
                const auto other = columns_.slabAt(slab, dx);
                if (other >= 0) {
                    mergeSlabs(here, columns_.columnsOf(other), dx);
                }
            }
            part.begin = here.end;
        }
    }

  private:
    void mergeSlabs(Range here, Range there, int dx) {
        const int low = offsets_.upperHalf && dx == 0 ? 0 : offsets_.low;
        auto at = firstNotBefore(there, std::int64_t{columns_.y(here.begin)} + low);
        for (auto column = here.begin; column < here.end; ++column) {
            const std::int64_t y = columns_.y(column);
            while (at < there.end && columns_.y(at) < y + low) {
                ++at;
            }
            for (auto other = at; other < there.end && columns_.y(other) <= y + offsets_.high;
                 ++other) {
                const int dy = static_cast<int>(columns_.y(other) - y);
                mergeColumns(columns_.rowsOf(column), columns_.rowsOf(other), dx, dy);
            }
        }
    }

    void mergeColumns(Range here, Range there, int dx, int dy) {
        const int low = offsets_.upperHalf && dx == 0 && dy == 0 ? 1 : offsets_.low;
        const int list = offsets_.listOf(dx, dy, 0);
        auto at = there.begin;
        for (auto row = here.begin; row < here.end; ++row) {
            const std::int64_t z = columns_.z(row);
            while (at < there.end && columns_.z(at) < z + low) {
                ++at;
            }
            for (auto other = at; other < there.end && columns_.z(other) <= z + offsets_.high;
                 ++other) {
                found_(
                    list + static_cast<int>(columns_.z(other) - z),
                    static_cast<std::int32_t>(row),
                    static_cast<std::int32_t>(other)
                );
            }
        }
    }

    /// First of these columns whose y is not below `y`.
    std::int64_t firstNotBefore(Range range, std::int64_t y) const {
        while (range.begin < range.end) {
            const auto middle = range.begin + (range.end - range.begin) / 2;
            if (columns_.y(middle) < y) {
                range.begin = middle + 1;
            } else {
                range.end = middle;
            }
        }
        return range.begin;
    }

    const Columns& columns_;
    OffsetRange offsets_;
    Found found_;
};

} // namespace siskin::cpu
