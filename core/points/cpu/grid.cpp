// SPDX-License-Identifier: MIT
#include "core/points/cpu/grid.hpp"

#include "core/base/parallel.hpp"
#include "core/points/cloud_means.hpp"
#include "core/points/cpu/corners.hpp"
#include "core/points/cpu/point_kernels.hpp"
#include "core/points/cpu/rows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace siskin::points {

namespace {

constexpr std::int64_t kPointGrain = 256;
constexpr std::int64_t kVoxelGrain = 1024;

/// Position of every point of one cloud, in voxels. `xyz` and `position` are [3][n], `means` [3].
void placeCloud(
    const float* xyz,
    const float* means,
    std::int64_t n,
    int resolution,
    CloudScale scale,
    float* position
) {
    for (std::int64_t axis = 0; axis < 3; ++axis) {
        const float mean = means[axis];
        std::transform(xyz + axis * n, xyz + (axis + 1) * n, position + axis * n, [mean](float c) {
            return c - mean;
        });
    }
    float largest = 0.0F;
    for (std::int64_t i = 0; i < n && scale == CloudScale::UnitBall; ++i) {
        const float x = position[i];
        const float y = position[n + i];
        const float z = position[2 * n + i];
        largest = std::max(largest, (x * x + y * y) + z * z);
    }
    const float diameter = largest > 0.0F ? 2.0F * std::sqrt(largest) : 1.0F;
    const auto r = static_cast<float>(resolution);
    for (std::int64_t i = 0; i < 3 * n; ++i) {
        const float q = scale == CloudScale::UnitBall ? position[i] / diameter + 0.5F
                                                      : (position[i] + 1.0F) / 2.0F;
        const float at = q * r;
        position[i] = at > 0.0F ? std::min(at, r - 1.0F) : 0.0F; // also for NaN: it is an index
    }
}

void countVoxels(
    const float* position, std::int64_t n, int resolution, std::int32_t* voxel, std::int32_t* count
) {
    const auto cell = [](float q) { return static_cast<std::int32_t>(std::nearbyint(q)); };
    for (std::int64_t i = 0; i < n; ++i) {
        const auto x = cell(position[i]);
        const auto y = cell(position[n + i]);
        const auto z = cell(position[2 * n + i]);
        voxel[i] = (x * resolution + y) * resolution + z;
        ++count[voxel[i]];
    }
}

/// The points of one cloud ordered by voxel, in point order within each.
struct VoxelMembers {
    std::vector<std::int32_t> start; ///< first member of each voxel, and the end
    std::vector<std::int32_t> point;

    VoxelMembers(
        const std::int32_t* voxel, std::int64_t n, const std::int32_t* count, std::int64_t voxels
    )
        : start(static_cast<std::size_t>(voxels) + 1, 0), point(static_cast<std::size_t>(n)) {
        std::partial_sum(count, count + voxels, start.begin() + 1);
        auto next = start;
        for (std::int64_t i = 0; i < n; ++i) {
            auto& place = next[static_cast<std::size_t>(voxel[i])];
            point[static_cast<std::size_t>(place++)] = static_cast<std::int32_t>(i);
        }
    }
};

} // namespace

GridPlacement placeInGrid(const torch::Tensor& coords, int resolution, CloudScale scale) {
    const std::int64_t batch = coords.size(0);
    const std::int64_t n = coords.size(2);
    const std::int64_t voxels = std::int64_t{resolution} * resolution * resolution;
    const auto source = coords.contiguous();
    GridPlacement placement{
        torch::empty({batch, 3, n}),
        torch::empty({batch, n}, torch::kInt32),
        torch::zeros({batch, voxels}, torch::kInt32),
        resolution,
    };
    const auto means = cloudMeans(source);
    const float* xyz = source.data_ptr<float>();
    const float* mean = means.data_ptr<float>();
    auto* position = placement.position.data_ptr<float>();
    auto* voxel = placement.voxel.data_ptr<std::int32_t>();
    auto* count = placement.count.data_ptr<std::int32_t>();
    parallelFor(batch, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t b = begin; b < end; ++b) {
            float* mine = position + b * 3 * n;
            placeCloud(xyz + b * 3 * n, mean + b * 3, n, resolution, scale, mine);
            countVoxels(mine, n, resolution, voxel + b * n, count + b * voxels);
        }
    });
    return placement;
}

torch::Tensor voxelize(const torch::Tensor& features, const GridPlacement& placement) {
    const auto source = channelsLast(features);
    const std::int64_t batch = features.size(0);
    const std::int64_t channels = features.size(1);
    const std::int64_t n = features.size(2);
    const std::int64_t voxels = placement.count.size(1);
    const int r = placement.resolution;
    const auto result = torch::empty({batch, r, r, r, channels});
    const auto* voxel = placement.voxel.data_ptr<std::int32_t>();
    const auto* count = placement.count.data_ptr<std::int32_t>();
    auto* out = result.data_ptr<float>();
    const auto& kernels = selectPointKernels();
    for (std::int64_t b = 0; b < batch; ++b) {
        const VoxelMembers members(voxel + b * n, n, count + b * voxels, voxels);
        parallelFor(voxels, kVoxelGrain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t v = begin; v < end; ++v) {
                const auto i = static_cast<std::size_t>(v);
                kernels.average(
                    rowsAt(source, b),
                    members.point.data() + members.start[i],
                    members.start[i + 1] - members.start[i],
                    channels,
                    out + (b * voxels + v) * channels
                );
            }
        });
    }
    return channelsFirst(result);
}

torch::Tensor devoxelize(
    const torch::Tensor& grid,
    const GridPlacement& placement,
    const torch::Tensor& channelScale,
    const torch::Tensor& addend
) {
    const auto source = channelsLast(grid);
    const auto scales = channelScale.defined() ? channelScale.contiguous() : torch::Tensor();
    const auto addends = addend.defined() ? channelsLast(addend) : torch::Tensor();
    const std::int64_t channels = grid.size(1);
    const std::int64_t n = placement.voxel.size(1);
    const auto result = torch::empty({grid.size(0), n, channels});
    auto* out = result.data_ptr<float>();
    const auto& kernels = selectPointKernels();
    for (std::int64_t b = 0; b < grid.size(0); ++b) {
        const float* position = placement.position.data_ptr<float>() + b * 3 * n;
        const float* scale = scales.defined() ? scales.data_ptr<float>() + b * channels : nullptr;
        parallelFor(n, kPointGrain, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t p = begin; p < end; ++p) {
                const auto corners = cornersAt(
                    {position[p], position[n + p], position[2 * n + p]}, placement.resolution
                );
                kernels.blend(
                    rowsAt(source, b),
                    corners.voxel.data(),
                    corners.weight.data(),
                    8,
                    1,
                    channels,
                    {scale, addends.defined() ? rowsAt(addends, b, p) : Rows{}},
                    out + (b * n + p) * channels
                );
            }
        });
    }
    return channelsFirst(result);
}

torch::Tensor channelMeans(const torch::Tensor& grid) {
    // Short sums in float32, the rest in float64: squeeze-and-excitation scales a whole channel by
    // its mean, so that an error here is the same in every point and deep networks amplify it.
    constexpr std::int64_t kShort = 32;
    const auto source = channelsLast(grid);
    const std::int64_t channels = grid.size(1);
    const std::int64_t voxels = grid.size(2) * grid.size(3) * grid.size(4);
    const std::int64_t pieces = (voxels + kShort - 1) / kShort;
    const auto partial = torch::empty({grid.size(0), pieces, channels});
    const auto& kernels = selectPointKernels();
    for (std::int64_t b = 0; b < grid.size(0); ++b) {
        const float* rows = rowsAt(source, b).data;
        auto* sums = partial.data_ptr<float>() + b * pieces * channels;
        parallelFor(pieces, kVoxelGrain / kShort, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t piece = begin; piece < end; ++piece) {
                const std::int64_t first = piece * kShort;
                const std::int64_t count = std::min(kShort, voxels - first);
                kernels.sum(
                    {rows + first * channels, channels}, count, channels, sums + piece * channels
                );
            }
        });
    }
    const auto total = partial.sum(1, false, torch::kFloat64);
    return (total / static_cast<double>(voxels)).to(torch::kFloat32);
}

} // namespace siskin::points
