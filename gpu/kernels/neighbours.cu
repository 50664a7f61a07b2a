// SPDX-License-Identifier: MIT
#include "core/sparse/kernel_offsets.hpp"
#include "gpu/kernels/key_math.cuh"
#include "gpu/kernels/neighbours.hpp"

namespace siskin::gpu {

namespace {

using simt::launch;
using simt::shapeFor;

constexpr int kBrickSide = 4;

struct Brick {
    std::uint64_t taken;
    std::int32_t firstRow; ///< counted in key order
};

__device__ inline std::int64_t globalIndex() {
    return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

/// The finaliser of splitmix64.
__device__ inline std::uint64_t scramble(std::uint64_t key) {
    key = (key ^ (key >> 30)) * 0xBF58476D1CE4E5B9ULL;
    key = (key ^ (key >> 27)) * 0x94D049BB133111EBULL;
    return key ^ (key >> 31);
}

__device__ inline Brick findBrick(const BrickTable& table, std::uint64_t key) {
    const std::uint32_t last = table.slots - 1;
    for (auto slot = static_cast<std::uint32_t>(scramble(key)) & last;; slot = (slot + 1) & last) {
        const std::uint64_t found = table.keys[slot];
        if (found == key) {
            return {table.taken[slot], table.firstRow[slot]};
        }
        if (found == kNoKey) {
            return {0, 0};
        }
    }
}

/// Row of one of a brick's 64 places, -1 when it is empty.
__device__ inline std::int32_t rowIn(const Brick& brick, int place, const std::int32_t* rowOf) {
    const std::uint64_t bit = std::uint64_t{1} << place;
    if ((brick.taken & bit) == 0) {
        return -1;
    }
    const std::int32_t row = brick.firstRow + __popcll(brick.taken & (bit - 1));
    return rowOf == nullptr ? row : rowOf[row];
}

/// The key's place of (x, y, z), each 0..3, within a brick.
__device__ inline int placeIn(int x, int y, int z) {
    return ((x & 2) << 4) | ((y & 2) << 3) | ((z & 2) << 2) | ((x & 1) << 2) | ((y & 1) << 1) |
           (z & 1);
}

__global__ void fillBricksKernel(IndexedVoxels voxels) {
    const std::int64_t i = globalIndex();
    if (i >= voxels.rows) {
        return;
    }
    const std::uint64_t key = voxels.keys[i] >> kBrickBits;
    if (i > 0 && voxels.keys[i - 1] >> kBrickBits == key) {
        return;
    }
    std::uint64_t taken = 0;
    for (std::int64_t j = i; j < voxels.rows && voxels.keys[j] >> kBrickBits == key; ++j) {
        taken |= std::uint64_t{1} << (voxels.keys[j] & ((1U << kBrickBits) - 1));
    }
    const auto& table = voxels.bricks;
    using Word = unsigned long long; // what CUDA's atomicCAS takes
    auto slot = static_cast<std::uint32_t>(scramble(key)) & (table.slots - 1);
    while (atomicCAS(reinterpret_cast<Word*>(table.keys + slot), Word{kNoKey}, Word{key}) != kNoKey
    ) {
        slot = (slot + 1) & (table.slots - 1);
    }
    table.taken[slot] = taken;
    table.firstRow[slot] = static_cast<std::int32_t>(i);
}

/// A place of the voxel grid as a brick and a place within it.
struct GridPlace {
    std::int64_t place[4]; ///< batch, x, y, z from the layout's origin
    std::uint64_t brickKey;
};

/// The key of the brick that is `step` (-1, 0, 1) bricks away; kNoKey beyond the layout.
__device__ inline std::uint64_t
brickBeside(const IndexedVoxels& voxels, const GridPlace& from, const int (&step)[3]) {
    std::uint64_t key = from.brickKey;
    for (int axis = 1; axis <= 3; ++axis) {
        const int move = step[axis - 1];
        if (move == 0) {
            continue;
        }
        const std::int64_t place =
            (from.place[axis] & ~std::int64_t{kBrickSide - 1}) + kBrickSide * move;
        if (!isInLayout(*voxels.layout, voxels.level, axis, place)) {
            return kNoKey;
        }
        // Adding one to the bits of this axis alone: the carry runs through ones in between.
        const std::uint64_t mask = maskAt(*voxels.layout, voxels.level, axis) >> kBrickBits;
        const std::uint64_t one = mask & (~mask + 1);
        const std::uint64_t bits =
            move > 0 ? ((key | ~mask) + one) & mask : ((key & mask) - one) & mask;
        key = (key & ~mask) | bits;
    }
    return key;
}

/// Which offsets along one axis lead into the brick `step` away from the one that holds `place`.
struct Reach {
    int low;
    int high;
};

__device__ inline Reach reachOf(int place, int step, int low, int high) {
    const int first = kBrickSide * step - place;
    const int last = first + kBrickSide - 1;
    return {low > first ? low : first, high < last ? high : last};
}

/// Looks at the at most eight bricks that a kernel of up to 5^3 around a voxel touches.
__global__ void neighboursKernel(IndexedVoxels voxels, int kernelSize, std::int32_t* table) {
    const std::int64_t i = globalIndex();
    if (i >= voxels.rows) {
        return;
    }
    const std::int64_t row = voxels.rowOf == nullptr ? i : voxels.rowOf[i];
    const auto offsets = axisOffsets(kernelSize);
    GridPlace from{};
    int local[3];
    int side[3];
    for (int axis = 1; axis <= 3; ++axis) {
        from.place[axis] =
            fromOrigin(*voxels.layout, voxels.level, axis, voxels.coords[4 * row + axis]);
        const int place = static_cast<int>(from.place[axis] & (kBrickSide - 1));
        local[axis - 1] = place;
        side[axis - 1] =
            place + offsets.low < 0 ? -1 : (place + offsets.high >= kBrickSide ? 1 : 0);
    }
    from.brickKey = voxels.keys[i] >> kBrickBits;
    for (int corner = 0; corner < 8; ++corner) {
        const int step[3] = {
            (corner & 4) != 0 ? side[0] : 0,
            (corner & 2) != 0 ? side[1] : 0,
            (corner & 1) != 0 ? side[2] : 0};
        if (((corner & 4) != 0 && side[0] == 0) || ((corner & 2) != 0 && side[1] == 0) ||
            ((corner & 1) != 0 && side[2] == 0)) {
            continue; // the same brick as without this step
        }
        const std::uint64_t key = corner == 0 ? from.brickKey : brickBeside(voxels, from, step);
        const Brick brick = key == kNoKey ? Brick{0, 0} : findBrick(voxels.bricks, key);
        const Reach x = reachOf(local[0], step[0], offsets.low, offsets.high);
        const Reach y = reachOf(local[1], step[1], offsets.low, offsets.high);
        const Reach z = reachOf(local[2], step[2], offsets.low, offsets.high);
        for (int dx = x.low; dx <= x.high; ++dx) {
            for (int dy = y.low; dy <= y.high; ++dy) {
                for (int dz = z.low; dz <= z.high; ++dz) {
                    const int place = placeIn(local[0] + dx, local[1] + dy, local[2] + dz);
                    table[kernelIndex(kernelSize, dx, dy, dz) * voxels.rows + row] =
                        rowIn(brick, place, voxels.rowOf);
                }
            }
        }
    }
}

/// Row of the voxel at a place counted from the origin, -1 when there is none.
__device__ inline std::int32_t
findVoxel(const IndexedVoxels& voxels, const std::int64_t (&place)[4]) {
    std::uint64_t key = 0;
    for (int axis = 0; axis < 4; ++axis) {
        if (!isInLayout(*voxels.layout, voxels.level, axis, place[axis])) {
            return -1;
        }
        key |= deposit(
            static_cast<std::uint64_t>(place[axis]), maskAt(*voxels.layout, voxels.level, axis)
        );
    }
    const Brick brick = findBrick(voxels.bricks, key >> kBrickBits);
    return rowIn(brick, static_cast<int>(key & ((1U << kBrickBits) - 1)), voxels.rowOf);
}

/// One thread per corner; the eight of a point share its sums.
__global__ void placePointsKernel(
    const float* points,
    std::int64_t count,
    IndexedVoxels voxels,
    float stride,
    std::int32_t* voxel,
    std::int32_t* corners,
    float* weights,
    std::uint32_t* places,
    std::int32_t* numbers
) {
    const std::int64_t item = globalIndex();
    const std::int64_t point = item / 8;
    const int corner = static_cast<int>(item % 8);
    std::int32_t row = -1;
    float weight = 0.0F;
    if (point < count) {
        std::int64_t place[4];
        place[0] = fromOrigin(
            *voxels.layout, voxels.level, 0, static_cast<std::int64_t>(points[4 * point])
        );
        weight = 1.0F;
        for (int axis = 1; axis <= 3; ++axis) {
            const float scaled = __fdiv_rn(points[4 * point + axis], stride);
            const float base = floorf(scaled);
            const float fraction = scaled - base;
            const int far = (corner >> (3 - axis)) & 1; // z fastest
            place[axis] = fromOrigin(
                *voxels.layout, voxels.level, axis, static_cast<std::int64_t>(base) + far
            );
            weight *= far == 1 ? fraction : 1.0F - fraction;
        }
        row = findVoxel(voxels, place);
        weight = row < 0 ? 0.0F : weight;
    }
    // In this order on every machine: pairs, pairs of pairs, all.
    float sum = weight;
    for (int by = 1; by < 8; by *= 2) {
        sum += __shfl_xor_sync(simt::kAllLanes, sum, by);
    }
    if (point >= count) {
        return;
    }
    corners[item] = row;
    weights[item] = __fdiv_rn(weight, sum + 1e-8F);
    if (corner == 0) {
        voxel[point] = row;
        places[point] = static_cast<std::uint32_t>(row < 0 ? voxels.rows : row);
        numbers[point] = static_cast<std::int32_t>(point);
    }
}

__global__ void startsKernel(
    const std::uint32_t* places, std::int64_t count, std::int64_t rows, std::int32_t* starts
) {
    const std::int64_t v = globalIndex();
    if (v > rows) {
        return;
    }
    std::int64_t low = 0;
    std::int64_t high = count;
    while (low < high) {
        const std::int64_t middle = (low + high) / 2;
        if (places[middle] < static_cast<std::uint32_t>(v)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    starts[v] = static_cast<std::int32_t>(low);
}

} // namespace

std::uint32_t brickSlots(std::int64_t voxels) {
    std::uint32_t slots = 64;
    while (static_cast<std::int64_t>(slots) < 2 * voxels) {
        slots *= 2;
    }
    return slots;
}

void fillBricks(Stream stream, const IndexedVoxels& voxels) {
    launch(stream, shapeFor(voxels.rows), fillBricksKernel, voxels);
}

void findNeighbours(
    Stream stream, const IndexedVoxels& voxels, int kernelSize, std::int32_t* table
) {
    launch(stream, shapeFor(voxels.rows, 128), neighboursKernel, voxels, kernelSize, table);
}

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
) {
    launch(
        stream,
        shapeFor(8 * count),
        placePointsKernel,
        points,
        count,
        voxels,
        static_cast<float>(stride),
        voxel,
        corners,
        weights,
        places,
        numbers
    );
}

void findStarts(
    Stream stream,
    const std::uint32_t* places,
    std::int64_t count,
    std::int64_t rows,
    std::int32_t* starts
) {
    launch(stream, shapeFor(rows + 1), startsKernel, places, count, rows, starts);
}

} // namespace siskin::gpu
