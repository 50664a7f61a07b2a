// SPDX-License-Identifier: MIT
// From points or coordinates to sorted, distinct voxels. Coordinates are int32 rows of batch, x, y,
// z; all pointers are to device memory.
#pragma once

#include "gpu/kernels/key_layout.hpp"
#include "gpu/simt/stream.hpp"

namespace siskin::gpu {

using simt::Stream;

/// coords = (0, rint(p / voxelSize)) in float32, ties to even; marks the first position beyond
/// `largest` voxels in `status->badRow`.
void quantizePositions(
    Stream stream,
    const float* positions,
    std::int64_t points,
    float voxelSize,
    float largest,
    std::int32_t* coords,
    UniqueStatus* status
);

void startStatus(Stream stream, UniqueStatus* status);

/// floor of batch, x, y, z.
void floorCoordinates(Stream stream, const float* points, std::int64_t rows, std::int32_t* coords);

void findExtent(Stream stream, const std::int32_t* coords, std::int64_t rows, Extent* extent);

/// Subtracts the extent's low corner from x, y, z of all rows, and from the extent.
void moveToZero(Stream stream, std::int32_t* coords, std::int64_t rows, Extent* extent);

void makeLayout(Stream stream, const Extent* extent, KeyLayout* layout);

/// Key and number of each row. `level`: how often the coordinates were halved since the layout was
/// made.
void encodeKeys(
    Stream stream,
    const std::int32_t* coords,
    std::int64_t rows,
    const KeyLayout* layout,
    int level,
    std::uint64_t* keys,
    std::int32_t* numbers
);

/// heads[l * rows + i] = 1 where key i without its lowest (first + l) * 3 bits differs from the one
/// before it.
void markHeads(
    Stream stream,
    const std::uint64_t* keys,
    std::int64_t rows,
    int first,
    int levels,
    std::int32_t* heads
);

/// From sorted keys, the list row of each, and the inclusive sum of their heads.
struct DistinctRows {
    std::int32_t* coords;   ///< [voxels][4]
    std::uint64_t* keys;    ///< [voxels]
    std::int64_t* firstRow; ///< [voxels]
    std::int64_t* inverse;  ///< [rows]
};

void collectDistinct(
    Stream stream,
    const std::int32_t* coords,
    const std::uint64_t* sortedKeys,
    const std::int32_t* sortedRows,
    const std::int32_t* ranks,
    std::int64_t rows,
    const KeyLayout* layout,
    const DistinctRows& distinct,
    UniqueStatus* status
);

/// The levels above a voxel set whose keys are sorted; `rowOf` is the row of each key, null where
/// that is its place. `ranks` is the inclusive sum over the heads of all levels,
/// one after the other, so those of level l start from ranks[l * rows - 1].
struct CoarseLevels {
    std::int32_t* coords;  ///< [levels][rows][4]
    std::uint64_t* keys;   ///< [levels][rows]
    std::int32_t* parents; ///< [levels][rows]: of the level below, in key order
    std::int32_t* counts;  ///< [levels]
};

void collectCoarse(
    Stream stream,
    const std::int32_t* coords,
    const std::uint64_t* keys,
    const std::int32_t* rowOf,
    const std::int32_t* ranks,
    std::int64_t rows,
    int levels,
    const CoarseLevels& coarse
);

/// Neighbour tables of the stride-2 maps: down[k][parent] = child, up[k][child] = parent, where k
/// are the lowest bits of the child's key. Both were filled with -1. `parents` in key order.
void linkParents(
    Stream stream,
    const std::uint64_t* keys,
    const std::int32_t* rowOf,
    const std::int32_t* parents,
    std::int64_t fineRows,
    std::int64_t coarseRows,
    std::int32_t* down,
    std::int32_t* up
);

} // namespace siskin::gpu
