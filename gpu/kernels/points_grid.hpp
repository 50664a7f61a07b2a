// SPDX-License-Identifier: MIT
// Clouds to grids and back: models.md 5.1. A grid is rows [cloud][r * r * r][channel], a cloud's
// features [cloud][point][channel].
#pragma once

#include "gpu/kernels/points_layout.hpp"

namespace siskin::gpu {

/// The clouds of a `GridPlacement`.
struct GridSize {
    std::int64_t clouds;
    std::int64_t points; ///< per cloud
    std::int64_t resolution;

    constexpr std::int64_t voxels() const { return resolution * resolution * resolution; }
};

/// What is known of the clouds before their points are placed; starts as zeros.
struct CloudExtents {
    std::int32_t* largest; ///< [clouds], bits of the largest squared distance to the mean
    std::int32_t* outside; ///< 1 when a coordinate is not finite or beyond the limit
};

/// `means` [clouds][3].
void measureClouds(
    Stream stream,
    const ColumnSource& coords,
    const float* means,
    const GridSize& size,
    float limit,
    const CloudExtents& extents
);

/// `position` [clouds][3][points], `voxel` [clouds][points], `count` [clouds][voxels], which starts
/// as zeros. `unitBall`: CloudScale. Voxels lie within the grid whatever the coordinates are.
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
);

/// keys[cloud * points + i] = row of the point's voxel in the grid; numbers = i.
void encodeVoxels(
    Stream stream,
    const std::int32_t* voxel,
    const GridSize& size,
    std::uint64_t* keys,
    std::int32_t* numbers
);

/// Sum of f * (1 / count) over the points of each voxel, in their order. `keys` and `numbers` as
/// above, sorted by key with the order kept; `grid` starts as zeros.
void averageVoxels(
    Stream stream,
    const RowSource& features,
    std::int64_t channels,
    const std::uint64_t* keys,
    const std::int32_t* numbers,
    const std::int32_t* count,
    const GridSize& size,
    float* grid
);

/// PointOps::devoxelize. `channelScale` [clouds][channels] or null; `addend.data` may be null.
void interpolateGrid(
    Stream stream,
    const RowSource& grid,
    std::int64_t channels,
    const float* position,
    const GridSize& size,
    const float* channelScale,
    const RowSource& addend,
    float* out
);

} // namespace siskin::gpu
