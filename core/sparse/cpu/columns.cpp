// SPDX-License-Identifier: MIT
#include "core/sparse/cpu/columns.hpp"

#include "core/base/parallel.hpp"

#include <utility>

namespace siskin::cpu {

namespace {

bool startsSlab(const Coordinate* coords, std::int64_t row) {
    return row == 0 || coords[row][0] != coords[row - 1][0] || coords[row][1] != coords[row - 1][1];
}

bool startsColumn(const Coordinate* coords, std::int64_t row) {
    return startsSlab(coords, row) || coords[row][2] != coords[row - 1][2];
}

/// Counts to first positions; the last element becomes the total, which is returned.
std::int32_t toPositions(Buffer<std::int32_t>& counts) {
    std::int32_t next = 0;
    for (std::int64_t i = 0; i < counts.size(); ++i) {
        next += std::exchange(counts[i], next);
    }
    return next;
}

} // namespace

Columns::Columns(const VoxelSet& voxels)
    : tensor_(voxels.coords.contiguous()), coords_(coordinatesOf(tensor_)), rows_(voxels.size()),
      chunkColumn_(chunks() + 1), chunkSlab_(chunks() + 1), z_(rows_), y_(0), start_(0),
      slabStart_(0) {
    countStarts();
    const auto columns = toPositions(chunkColumn_);
    y_ = Buffer<std::int32_t>(columns);
    start_ = Buffer<std::int32_t>(columns + 1);
    slabStart_ = Buffer<std::int32_t>(toPositions(chunkSlab_) + 1);
    fillStarts();
    start_[columns] = static_cast<std::int32_t>(rows_);
    slabStart_[slabs()] = columns;
}

void Columns::countStarts() {
    chunkColumn_[chunks()] = chunkSlab_[chunks()] = 0;
    parallelFor(rows_, kColumnChunkRows, [this](std::int64_t begin, std::int64_t end) {
        std::int32_t columns = 0;
        std::int32_t slabs = 0;
        for (auto row = begin; row < end; ++row) {
            columns += startsColumn(coords_, row) ? 1 : 0;
            slabs += startsSlab(coords_, row) ? 1 : 0;
            z_[row] = coords_[row][3];
        }
        chunkColumn_[begin / kColumnChunkRows] = columns;
        chunkSlab_[begin / kColumnChunkRows] = slabs;
    });
}

void Columns::fillStarts() {
    parallelFor(rows_, kColumnChunkRows, [this](std::int64_t begin, std::int64_t end) {
        auto column = chunkColumn_[begin / kColumnChunkRows];
        auto slab = chunkSlab_[begin / kColumnChunkRows];
        for (auto row = begin; row < end; ++row) {
            if (!startsColumn(coords_, row)) {
                continue;
            }
            if (startsSlab(coords_, row)) {
                slabStart_[slab++] = column;
            }
            y_[column] = coords_[row][2];
            start_[column++] = static_cast<std::int32_t>(row);
        }
    });
}

std::int64_t Columns::slabAt(std::int64_t slab, int dx) const noexcept {
    const std::int64_t wanted = std::int64_t{x(slab)} + dx;
    const int step = dx < 0 ? -1 : 1;
    auto at = slab;
    while (at >= 0 && at < slabs() && batch(at) == batch(slab) && (x(at) - wanted) * step < 0) {
        at += step;
    }
    const bool found =
        at >= 0 && at < slabs() && batch(at) == batch(slab) && std::int64_t{x(at)} == wanted;
    return found ? at : -1;
}

} // namespace siskin::cpu
