// SPDX-License-Identifier: MIT
#include "gpu/kernels/key_math.cuh"
#include "gpu/kernels/keys.hpp"

namespace siskin::gpu {

namespace {

using simt::launch;
using simt::shapeFor;

__device__ std::int64_t globalIndex() {
    return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

__global__ void startStatusKernel(UniqueStatus* status) {
    if (threadIdx.x == 0) {
        *status = {0, 0, kNoRow};
    }
}

__global__ void quantizeKernel(
    const float* positions,
    std::int64_t points,
    float voxelSize,
    float largest,
    std::int32_t* coords,
    UniqueStatus* status
) {
    const std::int64_t i = globalIndex();
    if (i >= points) {
        return;
    }
    bool good = true;
    coords[4 * i] = 0;
    for (int axis = 0; axis < 3; ++axis) {
        const float voxel = rintf(__fdiv_rn(positions[3 * i + axis], voxelSize));
        const bool near = fabsf(voxel) <= largest; // false for a NaN
        coords[4 * i + 1 + axis] = near ? static_cast<std::int32_t>(voxel) : 0;
        good = good && near;
    }
    if (!good) {
        atomicMin(&status->badRow, static_cast<std::int32_t>(i));
    }
}

__global__ void floorKernel(const float* points, std::int64_t values, std::int32_t* coords) {
    const std::int64_t i = globalIndex();
    if (i < values) {
        coords[i] = static_cast<std::int32_t>(floorf(points[i]));
    }
}

__global__ void startExtentKernel(Extent* extent) {
    if (threadIdx.x < 4) {
        extent->low[threadIdx.x] = 0x7FFFFFFF;
        extent->high[threadIdx.x] = -0x7FFFFFFF - 1;
    }
}

/// Lane l of a warp looks at column l % 4 of eight rows.
__global__ void extentKernel(const std::int32_t* coords, std::int64_t values, Extent* extent) {
    std::int32_t low = 0x7FFFFFFF;
    std::int32_t high = -0x7FFFFFFF - 1;
    const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
    for (std::int64_t i = globalIndex(); i < values; i += step) {
        const std::int32_t value = coords[i];
        low = value < low ? value : low;
        high = value > high ? value : high;
    }
    for (int by = 16; by >= 4; by /= 2) {
        const std::int32_t otherLow = __shfl_xor_sync(simt::kAllLanes, low, by);
        const std::int32_t otherHigh = __shfl_xor_sync(simt::kAllLanes, high, by);
        low = otherLow < low ? otherLow : low;
        high = otherHigh > high ? otherHigh : high;
    }
    if (threadIdx.x % simt::kWarp < 4) {
        atomicMin(&extent->low[threadIdx.x % 4], low);
        atomicMax(&extent->high[threadIdx.x % 4], high);
    }
}

__global__ void moveKernel(std::int32_t* coords, std::int64_t values, const Extent* extent) {
    const std::int64_t i = globalIndex();
    if (i < values && i % 4 != 0) {
        coords[i] -= extent->low[i % 4];
    }
}

__global__ void moveExtentKernel(Extent* extent) {
    const unsigned axis = threadIdx.x;
    if (axis >= 1 && axis < 4) {
        extent->high[axis] -= extent->low[axis];
        extent->low[axis] = 0;
    }
}

__device__ int bitsFor(std::int64_t largest) {
    int bits = 0;
    while ((largest >> bits) != 0) {
        ++bits;
    }
    return bits;
}

__global__ void layoutKernel(const Extent* extent, KeyLayout* layout) {
    if (threadIdx.x != 0) {
        return;
    }
    KeyLayout made{};
    int total = 0;
    for (int axis = 0; axis < 4; ++axis) {
        const std::int32_t low = extent->low[axis];
        made.origin[axis] = axis == 0 ? low : low >> kCoarsenings << kCoarsenings;
        const int bits = bitsFor(std::int64_t{extent->high[axis]} - made.origin[axis]);
        made.bits[axis] = axis == 0 || bits > kFewestBits ? bits : kFewestBits;
        total += made.bits[axis];
    }
    made.tooLong = total > kMostBits ? 1 : 0;
    int place = 0;
    for (int level = 0; level < 32 && made.tooLong == 0; ++level) {
        for (int axis = 3; axis >= 1; --axis) { // z lowest: children count 4 x + 2 y + z
            if (level < made.bits[axis]) {
                made.mask[axis] |= std::uint64_t{1} << place++;
            }
        }
    }
    if (made.tooLong == 0) {
        made.mask[0] = ((std::uint64_t{1} << made.bits[0]) - 1) << place;
    }
    *layout = made;
}

__global__ void encodeKernel(
    const std::int32_t* coords,
    std::int64_t rows,
    const KeyLayout* layout,
    int level,
    std::uint64_t* keys,
    std::int32_t* numbers
) {
    const std::int64_t i = globalIndex();
    if (i >= rows) {
        return;
    }
    std::uint64_t key = 0;
    for (int axis = 0; axis < 4; ++axis) {
        const std::int64_t place = fromOrigin(*layout, level, axis, coords[4 * i + axis]);
        key |= deposit(static_cast<std::uint64_t>(place), maskAt(*layout, level, axis));
    }
    keys[i] = key;
    numbers[i] = static_cast<std::int32_t>(i);
}

__global__ void
headsKernel(const std::uint64_t* keys, std::int64_t rows, int first, std::int32_t* heads) {
    const std::int64_t i = globalIndex();
    if (i >= rows) {
        return;
    }
    const int shift = kChildBits * (first + static_cast<int>(blockIdx.y));
    const bool isHead = i == 0 || (keys[i] >> shift) != (keys[i - 1] >> shift);
    heads[blockIdx.y * rows + i] = isHead ? 1 : 0;
}

__global__ void distinctKernel(
    const std::int32_t* coords,
    const std::uint64_t* sortedKeys,
    const std::int32_t* sortedRows,
    const std::int32_t* ranks,
    std::int64_t rows,
    const KeyLayout* layout,
    DistinctRows distinct,
    UniqueStatus* status
) {
    const std::int64_t i = globalIndex();
    if (i >= rows) {
        return;
    }
    const std::int64_t voxel = ranks[i] - 1;
    const std::int64_t row = sortedRows[i];
    distinct.inverse[row] = voxel;
    if (i == 0 || ranks[i] != ranks[i - 1]) { // rows of a voxel come in list order: the first
        for (int axis = 0; axis < 4; ++axis) {
            distinct.coords[4 * voxel + axis] = coords[4 * row + axis];
        }
        distinct.keys[voxel] = sortedKeys[i];
        distinct.firstRow[voxel] = row;
    }
    if (i == rows - 1) {
        status->voxels = ranks[i];
        status->tooLong = layout->tooLong;
    }
}

__global__ void coarseKernel(
    const std::int32_t* coords,
    const std::uint64_t* keys,
    const std::int32_t* rowOf,
    const std::int32_t* ranks,
    std::int64_t rows,
    CoarseLevels coarse
) {
    const std::int64_t i = globalIndex();
    if (i >= rows) {
        return;
    }
    const auto level = static_cast<std::int64_t>(blockIdx.y); // 0: the first above `coords`
    const auto rankAt = [&](std::int64_t l, std::int64_t row) {
        return ranks[l * rows + row] - (l == 0 ? 0 : ranks[l * rows - 1]);
    };
    const std::int64_t parent = rankAt(level, i) - 1;
    const bool isHead = i == 0 || rankAt(level, i - 1) != parent + 1;
    const std::int64_t child = level == 0 ? i : rankAt(level - 1, i) - 1;
    const bool isChild = level == 0 || i == 0 || rankAt(level - 1, i - 1) != child + 1;
    if (isChild) {
        coarse.parents[level * rows + child] = static_cast<std::int32_t>(parent);
    }
    if (isHead) {
        const std::int64_t row = level * rows + parent;
        const auto* own = coords + 4 * (rowOf == nullptr ? i : rowOf[i]);
        coarse.keys[row] = keys[i] >> (kChildBits * (level + 1));
        coarse.coords[4 * row] = own[0];
        for (int axis = 1; axis < 4; ++axis) {
            coarse.coords[4 * row + axis] = own[axis] >> (level + 1);
        }
    }
    if (i == rows - 1) {
        coarse.counts[level] = static_cast<std::int32_t>(parent + 1);
    }
}

__global__ void linkKernel(
    const std::uint64_t* keys,
    const std::int32_t* rowOf,
    const std::int32_t* parents,
    std::int64_t fineRows,
    std::int64_t coarseRows,
    std::int32_t* down,
    std::int32_t* up
) {
    const std::int64_t i = globalIndex();
    if (i >= fineRows) {
        return;
    }
    const auto k = static_cast<std::int64_t>(keys[i] & ((1U << kChildBits) - 1));
    const std::int64_t row = rowOf == nullptr ? i : rowOf[i];
    down[k * coarseRows + parents[i]] = static_cast<std::int32_t>(row);
    up[k * fineRows + row] = parents[i];
}

} // namespace

void startStatus(Stream stream, UniqueStatus* status) {
    launch(stream, {.threads = 32}, startStatusKernel, status);
}

void quantizePositions(
    Stream stream,
    const float* positions,
    std::int64_t points,
    float voxelSize,
    float largest,
    std::int32_t* coords,
    UniqueStatus* status
) {
    launch(
        stream,
        shapeFor(points),
        quantizeKernel,
        positions,
        points,
        voxelSize,
        largest,
        coords,
        status
    );
}

void floorCoordinates(Stream stream, const float* points, std::int64_t rows, std::int32_t* coords) {
    launch(stream, shapeFor(4 * rows), floorKernel, points, 4 * rows, coords);
}

void findExtent(Stream stream, const std::int32_t* coords, std::int64_t rows, Extent* extent) {
    constexpr std::int64_t kValuesPerBlock = 8192;
    const auto blocks = static_cast<unsigned>(simt::divideUp(4 * rows, kValuesPerBlock));
    launch(stream, {.threads = 32}, startExtentKernel, extent);
    launch(stream, {.blocksX = blocks}, extentKernel, coords, 4 * rows, extent);
}

void moveToZero(Stream stream, std::int32_t* coords, std::int64_t rows, Extent* extent) {
    launch(stream, shapeFor(4 * rows), moveKernel, coords, 4 * rows, extent);
    launch(stream, {.threads = 32}, moveExtentKernel, extent);
}

void makeLayout(Stream stream, const Extent* extent, KeyLayout* layout) {
    launch(stream, {.threads = 32}, layoutKernel, extent, layout);
}

void encodeKeys(
    Stream stream,
    const std::int32_t* coords,
    std::int64_t rows,
    const KeyLayout* layout,
    int level,
    std::uint64_t* keys,
    std::int32_t* numbers
) {
    launch(stream, shapeFor(rows), encodeKernel, coords, rows, layout, level, keys, numbers);
}

void markHeads(
    Stream stream,
    const std::uint64_t* keys,
    std::int64_t rows,
    int first,
    int levels,
    std::int32_t* heads
) {
    auto shape = shapeFor(rows);
    shape.blocksY = static_cast<unsigned>(levels);
    launch(stream, shape, headsKernel, keys, rows, first, heads);
}

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
) {
    launch(
        stream,
        shapeFor(rows),
        distinctKernel,
        coords,
        sortedKeys,
        sortedRows,
        ranks,
        rows,
        layout,
        distinct,
        status
    );
}

void collectCoarse(
    Stream stream,
    const std::int32_t* coords,
    const std::uint64_t* keys,
    const std::int32_t* rowOf,
    const std::int32_t* ranks,
    std::int64_t rows,
    int levels,
    const CoarseLevels& coarse
) {
    auto shape = shapeFor(rows);
    shape.blocksY = static_cast<unsigned>(levels);
    launch(stream, shape, coarseKernel, coords, keys, rowOf, ranks, rows, coarse);
}

void linkParents(
    Stream stream,
    const std::uint64_t* keys,
    const std::int32_t* rowOf,
    const std::int32_t* parents,
    std::int64_t fineRows,
    std::int64_t coarseRows,
    std::int32_t* down,
    std::int32_t* up
) {
    launch(
        stream, shapeFor(fineRows), linkKernel, keys, rowOf, parents, fineRows, coarseRows, down, up
    );
}

} // namespace siskin::gpu
