// SPDX-License-Identifier: MIT
#include "gpu/point_neighbours.hpp"

#include "gpu/kernels/points_furthest.hpp"
#include "gpu/kernels/points_rows.hpp"
#include "gpu/kernels/points_search.hpp"
#include "gpu/point_tensors.hpp"

namespace siskin::gpu {

namespace {

SearchSize searchSize(const torch::Tensor& points, const torch::Tensor& queries) {
    return {points.size(0), points.size(2), queries.size(2)};
}

/// Rows of `index` [clouds, ...] among those of a cloud.
RowChoice choiceOf(const torch::Tensor& index, std::int64_t points, const IndexCheck& check) {
    const std::int64_t clouds = index.size(0);
    return {ints(index), clouds, index.numel() / clouds, points, check.outside()};
}

/// Searches read a coordinate of 32 points at a time, and in many dimensions rows of them have to
/// lie side by side for that.
torch::Tensor withReadableColumns(const torch::Tensor& points) {
    constexpr std::int64_t kFewDimensions = 4;
    return points.size(1) <= kFewDimensions || points.stride(2) == 1 ? points : points.contiguous();
}

} // namespace

torch::Tensor furthestPoints(const torch::Tensor& coords, std::int64_t count) {
    requireHere(coords, "coordinates");
    const std::int64_t clouds = coords.size(0);
    const std::int64_t points = coords.size(2);
    const auto result = newTensor({clouds, count}, torch::kInt32);
    const auto nearest =
        needsNearest(points) ? newTensor({clouds, points}, torch::kFloat32) : torch::Tensor();
    findFurthest(
        currentStream(),
        pointColumnsOf(coords),
        clouds,
        points,
        count,
        floats(nearest),
        ints(result)
    );
    return result;
}

torch::Tensor ballNeighbours(
    const torch::Tensor& coords, const torch::Tensor& centres, float radius, std::int64_t count
) {
    requireHere(coords, "coordinates");
    requireHere(centres, "centres");
    const auto size = searchSize(coords, centres);
    const auto result = newTensor({size.clouds, size.queries, count}, torch::kInt32);
    findWithin(
        currentStream(),
        pointColumnsOf(coords),
        pointColumnsOf(centres),
        size,
        radius * radius,
        count,
        ints(result)
    );
    return result;
}

torch::Tensor
nearestNeighbours(const torch::Tensor& points, const torch::Tensor& queries, std::int64_t count) {
    requireHere(points, "points");
    requireHere(queries, "queries");
    const auto size = searchSize(points, queries);
    const auto source = withReadableColumns(points);
    const auto result = newTensor({size.clouds, size.queries, count}, torch::kInt32);
    findNearest(
        currentStream(),
        pointColumnsOf(source),
        pointColumnsOf(queries),
        size,
        points.size(1),
        count,
        ints(result)
    );
    return result;
}

ThreeNearest threeNearest(const torch::Tensor& coords, const torch::Tensor& queries) {
    requireHere(coords, "coordinates");
    requireHere(queries, "queries");
    const auto size = searchSize(coords, queries);
    ThreeNearest result{
        newTensor({size.clouds, size.queries, 3}, torch::kInt32),
        newTensor({size.clouds, size.queries, 3}, torch::kFloat32),
    };
    findThree(
        currentStream(),
        pointColumnsOf(coords),
        pointColumnsOf(queries),
        size,
        ints(result.index),
        floats(result.weight)
    );
    return result;
}

torch::Tensor interpolate(const torch::Tensor& features, const ThreeNearest& neighbours) {
    requireHere(features, "features to interpolate");
    requireHere(neighbours.weight, "weights of the three nearest");
    const auto& index = neighbours.index;
    const std::int64_t channels = features.size(1);
    const auto source = withReadableRows(features);
    const auto result = newTensor({index.size(0), index.size(1), channels}, torch::kFloat32);
    const IndexCheck check;
    blendThreePoints(
        currentStream(),
        pointRowsOf(source),
        channels,
        choiceOf(index, features.size(2), check),
        floats(neighbours.weight),
        floats(result)
    );
    check.finish("three nearest", features.size(2));
    return channelsFirst(result);
}

torch::Tensor gather(const torch::Tensor& features, const torch::Tensor& index) {
    requireHere(features, "features to gather");
    const std::int64_t channels = features.size(1);
    const auto source = withReadableRows(features);
    auto sizes = index.sizes().vec();
    sizes.push_back(channels);
    const auto result = newTensor(sizes, torch::kFloat32);
    const IndexCheck check;
    gatherPoints(
        currentStream(),
        pointRowsOf(source),
        channels,
        choiceOf(index, features.size(2), check),
        floats(result)
    );
    check.finish("points to gather", features.size(2));
    return channelsFirst(result);
}

torch::Tensor groupAround(
    const torch::Tensor& coords,
    const torch::Tensor& centres,
    const torch::Tensor& features,
    const torch::Tensor& index
) {
    requireHere(coords, "coordinates");
    requireHere(centres, "centres");
    requireHere(features, "features to group");
    const auto source = features.defined() ? withReadableRows(features) : torch::Tensor();
    const std::int64_t channels = features.defined() ? features.size(1) : 0;
    const std::int64_t neighbours = index.size(2);
    const auto result =
        newTensor({index.size(0), index.size(1), neighbours, 3 + channels}, torch::kFloat32);
    const IndexCheck check;
    groupPoints(
        currentStream(),
        pointColumnsOf(coords),
        pointColumnsOf(centres),
        neighbours,
        pointRowsOf(source),
        channels,
        choiceOf(index, coords.size(2), check),
        floats(result)
    );
    check.finish("neighbours", coords.size(2));
    return channelsFirst(result);
}

} // namespace siskin::gpu
