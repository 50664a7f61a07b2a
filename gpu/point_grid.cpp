// SPDX-License-Identifier: MIT
#include "gpu/point_grid.hpp"

#include "core/points/checks.hpp"
#include "core/points/cloud_means.hpp"
#include "gpu/kernels/points_grid.hpp"
#include "gpu/kernels/points_rows.hpp"
#include "gpu/point_tensors.hpp"

#include <bit>

namespace siskin::gpu {

namespace {

torch::Tensor newZeros(torch::IntArrayRef sizes, torch::ScalarType type) {
    auto result = newTensor(sizes, type);
    simt::fillBytes(currentStream(), result.data_ptr(), 0, result.nbytes());
    return result;
}

GridSize sizeOf(const GridPlacement& placement) {
    return {placement.voxel.size(0), placement.voxel.size(1), placement.resolution};
}

void requirePlacementHere(const GridPlacement& placement) {
    requireHere(placement.position, "positions in the grid");
    requireHere(placement.voxel, "voxels of the points");
    requireHere(placement.count, "points per voxel");
}

/// The points of all clouds in the order of their voxels, those of a voxel in their own order.
struct SortedPoints {
    torch::Tensor keys;    ///< row of the voxel in the grid
    torch::Tensor numbers; ///< of the point in its cloud
};

SortedPoints sortByVoxel(const GridPlacement& placement) {
    const GridSize size = sizeOf(placement);
    const std::int64_t total = size.clouds * size.points;
    const auto stream = currentStream();
    const auto keys = newTensor({total}, torch::kInt64);
    const auto numbers = newTensor({total}, torch::kInt32);
    SortedPoints sorted{torch::empty_like(keys), torch::empty_like(numbers)};
    encodeVoxels(stream, ints(placement.voxel), size, keysOf(keys), ints(numbers));
    const auto largest = static_cast<std::uint64_t>(size.clouds * size.voxels());
    ScratchMemory scratch;
    simt::sortPairs(
        stream,
        keysOf(keys),
        keysOf(sorted.keys),
        ints(numbers),
        ints(sorted.numbers),
        total,
        static_cast<int>(std::bit_width(largest)),
        scratch.function()
    );
    return sorted;
}

} // namespace

GridPlacement placeInGrid(const torch::Tensor& coords, int resolution, CloudScale scale) {
    constexpr int kLargestResolution = 256; // point_ops.hpp
    points::requireCloud(coords, "coordinates", 3);
    if (resolution < 1 || resolution > kLargestResolution) {
        points::requirePlacement(coords.cpu(), resolution);
    }
    requireHere(coords, "coordinates");
    const GridSize size{coords.size(0), coords.size(2), resolution};
    const auto stream = currentStream();
    const auto means = points::cloudMeans(coords).contiguous();
    const auto measures = newZeros({size.clouds + 1}, torch::kInt32);
    const CloudExtents extents{ints(measures), ints(measures) + size.clouds};
    const auto columns = pointColumnsOf(coords);
    measureClouds(stream, columns, floats(means), size, kFurthestCoordinate, extents);
    GridPlacement placement{
        newTensor({size.clouds, 3, size.points}, torch::kFloat32),
        newTensor({size.clouds, size.points}, torch::kInt32),
        newZeros({size.clouds, size.voxels()}, torch::kInt32),
        resolution,
    };
    placePointsInGrid(
        stream,
        columns,
        floats(means),
        extents.largest,
        scale == CloudScale::UnitBall,
        size,
        floats(placement.position),
        ints(placement.voxel),
        ints(placement.count)
    );
    if (measures[size.clouds].item<std::int32_t>() != 0) {
        points::requirePlacement(coords.cpu(), resolution); // names the point
    }
    return placement;
}

torch::Tensor voxelize(const torch::Tensor& features, const GridPlacement& placement) {
    requireHere(features, "features to voxelise");
    requirePlacementHere(placement);
    const GridSize size = sizeOf(placement);
    const std::int64_t channels = features.size(1);
    const std::int64_t r = size.resolution;
    const auto source = withReadableRows(features);
    const auto sorted = sortByVoxel(placement);
    const auto result = newZeros({size.clouds, r, r, r, channels}, torch::kFloat32);
    averageVoxels(
        currentStream(),
        pointRowsOf(source),
        channels,
        keysOf(sorted.keys),
        ints(sorted.numbers),
        ints(placement.count),
        size,
        floats(result)
    );
    return channelsFirst(result);
}

torch::Tensor devoxelize(
    const torch::Tensor& grid,
    const GridPlacement& placement,
    const torch::Tensor& channelScale,
    const torch::Tensor& addend
) {
    requireHere(grid, "grid");
    requireHere(channelScale, "channel scale");
    requireHere(addend, "addend");
    requirePlacementHere(placement);
    const GridSize size = sizeOf(placement);
    const std::int64_t channels = grid.size(1);
    const auto source = channelsLast(grid);
    const auto scales = channelScale.defined() ? channelScale.contiguous() : torch::Tensor();
    const auto addends = addend.defined() ? withReadableRows(addend) : torch::Tensor();
    const auto result = newTensor({size.clouds, size.points, channels}, torch::kFloat32);
    interpolateGrid(
        currentStream(),
        {floats(source), size.voxels() * channels, channels, 1},
        channels,
        floats(placement.position),
        size,
        floats(scales),
        pointRowsOf(addends),
        floats(result)
    );
    return channelsFirst(result);
}

torch::Tensor channelMeans(const torch::Tensor& grid) {
    requireHere(grid, "grid");
    const auto source = channelsLast(grid);
    const std::int64_t clouds = grid.size(0);
    const std::int64_t channels = grid.size(1);
    const std::int64_t rows = source.numel() / (clouds * channels);
    const auto partial = newTensor({clouds, partsOfMeans(rows), channels}, torch::kFloat64);
    const auto result = newTensor({clouds, channels}, torch::kFloat32);
    averageRows(
        currentStream(),
        floats(source),
        clouds,
        rows,
        channels,
        partial.data_ptr<double>(),
        floats(result)
    );
    return result;
}

} // namespace siskin::gpu
