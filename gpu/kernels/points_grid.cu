// SPDX-License-Identifier: MIT
#include "gpu/kernels/points_grid.hpp"
#include "gpu/kernels/points_layout.cuh"

namespace siskin::gpu {

namespace {

constexpr unsigned kThreads = 256;
constexpr std::int64_t kPointsPerBlock = 4 * kThreads;

__device__ inline std::int64_t globalThread() {
    return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

__device__ inline Position fromMean(const Position& at, const float* mean) {
    return {__fsub_rn(at.x, mean[0]), __fsub_rn(at.y, mean[1]), __fsub_rn(at.z, mean[2])};
}

/// False for a NaN.
__device__ inline bool isWithin(const Position& at, float limit) {
    return fabsf(at.x) <= limit && fabsf(at.y) <= limit && fabsf(at.z) <= limit;
}

/// `blocksPerCloud` blocks for each cloud. The bits of floats that are not negative order as
/// integers, and a maximum does not depend on the order of its terms.
__global__ void __launch_bounds__(kThreads) extentKernel(
    ColumnSource coords,
    const float* means,
    GridSize size,
    std::int64_t blocksPerCloud,
    float limit,
    CloudExtents extents
) {
    const std::int64_t cloud = blockIdx.x / blocksPerCloud;
    std::int64_t point = blockIdx.x % blocksPerCloud * kPointsPerBlock + threadIdx.x;
    const std::int64_t last = point - threadIdx.x + kPointsPerBlock;
    const std::int64_t end = last < size.points ? last : size.points;
    std::int32_t largest = 0;
    bool within = true;
    for (; point < end; point += kThreads) {
        const Position at = positionAt(coords, cloud, point);
        const Position q = fromMean(at, means + 3 * cloud);
        const std::int32_t squared = __float_as_int(squaredNorm(q.x, q.y, q.z));
        largest = squared > largest ? squared : largest;
        within = within && isWithin(at, limit);
    }
    largest = __reduce_max_sync(simt::kAllLanes, largest);
    if (threadIdx.x % simt::kWarp == 0) {
        atomicMax(extents.largest + cloud, largest);
    }
    if (!within) {
        atomicOr(extents.outside, 1);
    }
}

/// In voxels, within [0, r - 1] whatever `q` is, for it becomes an index.
__device__ inline float scaled(float q, bool unitBall, float diameter, float resolution) {
    const float unit =
        unitBall ? __fadd_rn(__fdiv_rn(q, diameter), 0.5F) : __fdiv_rn(__fadd_rn(q, 1.0F), 2.0F);
    const float at = __fmul_rn(unit, resolution);
    const float below = at < resolution - 1.0F ? at : resolution - 1.0F;
    return at > 0.0F ? below : 0.0F;
}

__global__ void __launch_bounds__(kThreads) placeKernel(
    ColumnSource coords,
    const float* means,
    const std::int32_t* largest,
    bool unitBall,
    GridSize size,
    float* position,
    std::int32_t* voxel,
    std::int32_t* count
) {
    const std::int64_t i = globalThread();
    if (i >= size.clouds * size.points) {
        return;
    }
    const std::int64_t cloud = i / size.points;
    const std::int64_t point = i % size.points;
    const float squared = __int_as_float(largest[cloud]);
    const float diameter = squared > 0.0F ? __fmul_rn(2.0F, __fsqrt_rn(squared)) : 1.0F;
    const auto resolution = static_cast<float>(size.resolution);
    const Position q = fromMean(positionAt(coords, cloud, point), means + 3 * cloud);
    const Position at{
        scaled(q.x, unitBall, diameter, resolution),
        scaled(q.y, unitBall, diameter, resolution),
        scaled(q.z, unitBall, diameter, resolution)};
    float* const out = position + cloud * 3 * size.points + point;
    out[0] = at.x;
    out[size.points] = at.y;
    out[2 * size.points] = at.z;
    const auto r = static_cast<std::int32_t>(size.resolution);
    const auto x = static_cast<std::int32_t>(rintf(at.x));
    const auto y = static_cast<std::int32_t>(rintf(at.y));
    const auto z = static_cast<std::int32_t>(rintf(at.z));
    voxel[i] = (x * r + y) * r + z;
    atomicAdd(count + cloud * size.voxels() + voxel[i], 1);
}

__global__ void __launch_bounds__(kThreads) encodeKernel(
    const std::int32_t* voxel, GridSize size, std::uint64_t* keys, std::int32_t* numbers
) {
    const std::int64_t i = globalThread();
    if (i < size.clouds * size.points) {
        const std::int64_t cloud = i / size.points;
        keys[i] = static_cast<std::uint64_t>(cloud * size.voxels() + voxel[i]);
        numbers[i] = static_cast<std::int32_t>(i % size.points);
    }
}

/// One row per sorted point; the first of each voxel does the work of all.
template <int Width>
__global__ void __launch_bounds__(kThreads) averageKernel(
    RowSource features,
    std::int64_t channels,
    const std::uint64_t* keys,
    const std::int32_t* numbers,
    const std::int32_t* count,
    GridSize size,
    int laneBits,
    float* grid
) {
    const RowShare share = shareOf(laneBits);
    if (share.row >= size.clouds * size.points) {
        return;
    }
    const std::uint64_t key = keys[share.row];
    if (share.row > 0 && keys[share.row - 1] == key) {
        return;
    }
    const auto voxel = static_cast<std::int64_t>(key);
    const std::int64_t cloud = voxel / size.voxels();
    const std::int32_t members = count[voxel];
    const float weight = __fdiv_rn(1.0F, static_cast<float>(members));
    for (std::int64_t p = share.firstPack; p < channels / Width; p += share.step) {
        Pack<Width> sum{};
#pragma unroll 4
        for (std::int32_t m = 0; m < members; ++m) {
            const auto row = loadPack<Width>(features, cloud, numbers[share.row + m], p);
            for (int c = 0; c < Width; ++c) {
                sum.values[c] = __fadd_rn(sum.values[c], __fmul_rn(weight, row.values[c]));
            }
        }
        storePack(grid + voxel * channels, p, sum);
    }
}

/// The eight voxels around a position and their weights, z fastest.
struct Corners {
    std::int32_t voxel[8];
    float weight[8];
};

__device__ inline Corners
cornersAt(const float* position, std::int64_t stride, std::int32_t resolution) {
    std::int32_t cell[3][2];
    float weight[3][2];
    for (int axis = 0; axis < 3; ++axis) {
        const float at = position[axis * stride];
        const float low = floorf(at);
        const float fraction = __fsub_rn(at, low);
        cell[axis][0] = static_cast<std::int32_t>(low);
        cell[axis][1] = cell[axis][0] + (fraction > 0.0F ? 1 : 0); // never outside
        weight[axis][0] = __fsub_rn(1.0F, fraction);
        weight[axis][1] = fraction;
    }
    Corners corners;
#pragma unroll
    for (int c = 0; c < 8; ++c) {
        const int x = c >> 2;
        const int y = c >> 1 & 1;
        const int z = c & 1;
        corners.voxel[c] = (cell[0][x] * resolution + cell[1][y]) * resolution + cell[2][z];
        corners.weight[c] = __fmul_rn(__fmul_rn(weight[0][x], weight[1][y]), weight[2][z]);
    }
    return corners;
}

template <int Width>
__global__ void __launch_bounds__(kThreads) interpolateKernel(
    RowSource grid,
    std::int64_t channels,
    const float* position,
    GridSize size,
    const float* channelScale,
    RowSource addend,
    int laneBits,
    float* out
) {
    const RowShare share = shareOf(laneBits);
    if (share.row >= size.clouds * size.points) {
        return;
    }
    const std::int64_t cloud = share.row / size.points;
    const std::int64_t point = share.row % size.points;
    const Corners corners = cornersAt(
        position + cloud * 3 * size.points + point,
        size.points,
        static_cast<std::int32_t>(size.resolution)
    );
    for (std::int64_t p = share.firstPack; p < channels / Width; p += share.step) {
        Pack<Width> rows[8];
#pragma unroll
        for (int c = 0; c < 8; ++c) {
            rows[c] = loadPack<Width>(grid, cloud, corners.voxel[c], p);
        }
        Pack<Width> sum;
#pragma unroll
        for (int i = 0; i < Width; ++i) {
            float value = __fmul_rn(corners.weight[0], rows[0].values[i]);
#pragma unroll
            for (int c = 1; c < 8; ++c) {
                value = __fadd_rn(value, __fmul_rn(corners.weight[c], rows[c].values[i]));
            }
            sum.values[i] = value;
        }
        if (channelScale != nullptr) {
            const RowSource scales{channelScale, channels, 0, 1};
            const auto scale = loadPack<Width>(scales, cloud, 0, p);
            for (int i = 0; i < Width; ++i) {
                sum.values[i] = __fmul_rn(sum.values[i], scale.values[i]);
            }
        }
        if (addend.data != nullptr) {
            const auto more = loadPack<Width>(addend, cloud, point, p);
            for (int i = 0; i < Width; ++i) {
                sum.values[i] = __fadd_rn(sum.values[i], more.values[i]);
            }
        }
        storePack(out + share.row * channels, p, sum);
    }
}

} // namespace

void measureClouds(
    Stream stream,
    const ColumnSource& coords,
    const float* means,
    const GridSize& size,
    float limit,
    const CloudExtents& extents
) {
    const std::int64_t blocksPerCloud = simt::divideUp(size.points, kPointsPerBlock);
    const simt::LaunchShape shape{
        .blocksX = static_cast<unsigned>(size.clouds * blocksPerCloud), .threads = kThreads};
    simt::launch(stream, shape, extentKernel, coords, means, size, blocksPerCloud, limit, extents);
}

void placePointsInGrid(
    Stream stream,
    const ColumnSource& coords,
    const float* means,
    const std::int32_t* largest,
    bool unitBall,
    const GridSize& size,
    float* position,
    std::int32_t* voxel,
    std::int32_t* count
) {
    const auto shape = simt::shapeFor(size.clouds * size.points, kThreads);
    simt::launch(
        stream, shape, placeKernel, coords, means, largest, unitBall, size, position, voxel, count
    );
}

void encodeVoxels(
    Stream stream,
    const std::int32_t* voxel,
    const GridSize& size,
    std::uint64_t* keys,
    std::int32_t* numbers
) {
    const auto shape = simt::shapeFor(size.clouds * size.points, kThreads);
    simt::launch(stream, shape, encodeKernel, voxel, size, keys, numbers);
}

void averageVoxels(
    Stream stream,
    const RowSource& features,
    std::int64_t channels,
    const std::uint64_t* keys,
    const std::int32_t* numbers,
    const std::int32_t* count,
    const GridSize& size,
    float* grid
) {
    const bool packed = isPackable(features, channels) && isPackable(grid, channels);
    const auto [shape, laneBits] =
        launchForRows(size.clouds * size.points, packed ? channels / kPack : channels);
    simt::launch(
        stream,
        shape,
        packed ? averageKernel<kPack> : averageKernel<1>,
        features,
        channels,
        keys,
        numbers,
        count,
        size,
        laneBits,
        grid
    );
}

void interpolateGrid(
    Stream stream,
    const RowSource& grid,
    std::int64_t channels,
    const float* position,
    const GridSize& size,
    const float* channelScale,
    const RowSource& addend,
    float* out
) {
    const bool packed = isPackable(grid, channels) && isPackable(channelScale, channels) &&
                        isPackable(addend, channels) && isPackable(out, channels);
    const auto [shape, laneBits] =
        launchForRows(size.clouds * size.points, packed ? channels / kPack : channels);
    simt::launch(
        stream,
        shape,
        packed ? interpolateKernel<kPack> : interpolateKernel<1>,
        grid,
        channels,
        position,
        size,
        channelScale,
        addend,
        laneBits,
        out
    );
}

} // namespace siskin::gpu
