// SPDX-License-Identifier: MIT
// Who is whose neighbour. A voxel set is looked up by bricks of 4 x 4 x 4 voxels: a hash table from
// a brick's key to which of its 64 places are taken and the row of the first; the others follow in
// key order. A lookup compares whole keys, so it is exact.
#pragma once

#include "gpu/kernels/key_layout.hpp"
#include "gpu/simt/stream.hpp"

namespace siskin::gpu {

using simt::Stream;

/// `slots` is a power of two and at least twice the number of bricks; keys start as kNoKey.
struct BrickTable {
    std::uint64_t* keys;
    std::uint64_t* taken;
    std::int32_t* firstRow;
    std::uint32_t slots;
};

/// A sorted voxel set with its bricks.
struct IndexedVoxels {
    const std::int32_t* coords; ///< [rows][4]
    const std::uint64_t* keys;  ///< [rows], ascending
    const std::int32_t* rowOf;  ///< [rows], row of the i-th key; null where that is i
    std::int64_t rows;
    const KeyLayout* layout;
    int level; ///< how often the coordinates were halved since the layout was made
    BrickTable bricks;
};

/// Slots of a table for that many voxels.
std::uint32_t brickSlots(std::int64_t voxels);

void fillBricks(Stream stream, const IndexedVoxels& voxels);

/// table[k * rows + i]: row of the voxel at coordinate i + offset k, or -1, for all offsets of a
/// cubic kernel in the order of kernel_offsets.hpp.
void findNeighbours(
    Stream stream, const IndexedVoxels& voxels, int kernelSize, std::int32_t* table
);

/// models.md 2.2: where points (batch, x, y, z in voxels of stride 1) lie at tensor stride
/// `stride`. `voxel` [points], `corners` and `weights` [points][8]. `places` [points] is `voxel`
/// with `rows` in place of -1.
void placePoints(
    Stream stream,
    const float* points,
    std::int64_t count,
    const IndexedVoxels& voxels,
    int stride,
    std::int32_t* voxel,
    std::int32_t* corners,
    float* weights,
    std::uint32_t* places,
    std::int32_t* numbers
);

/// starts[v] = how many of the sorted `places` are below v, for v = 0 .. rows.
void findStarts(
    Stream stream,
    const std::uint32_t* places,
    std::int64_t count,
    std::int64_t rows,
    std::int32_t* starts
);

} // namespace siskin::gpu
