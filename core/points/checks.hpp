// SPDX-License-Identifier: MIT
// Argument checks shared by the implementations of PointOps.
#pragma once

#include "core/points/point_ops.hpp"

namespace siskin::points {

/// float32 (B, channels, N) without a zero size; `channels` or `batch` < 0 means any.
void requireCloud(
    const torch::Tensor& tensor,
    const char* operand,
    std::int64_t channels = -1,
    std::int64_t batch = -1
);

/// float32 (B, channels, r, r, r) without a zero size; `channels` < 0 means any.
void requireGrid(const torch::Tensor& grid, const char* operand, std::int64_t channels = -1);

/// int32 [B, M] or [B, M, K], contiguous, values in [0, points).
void requireIndex(
    const torch::Tensor& index, const char* operand, std::int64_t batch, std::int64_t points
);

void requirePositive(std::int64_t count, const char* what);

void requirePlacement(const torch::Tensor& coords, int resolution);
void requireVoxelize(const torch::Tensor& features, const GridPlacement& placement);
void requireDevoxelize(
    const torch::Tensor& grid,
    const GridPlacement& placement,
    const torch::Tensor& channelScale,
    const torch::Tensor& addend
);
void requireDenseWeights(
    const torch::Tensor& weight, const torch::Tensor& bias, float negativeSlope
);
void requireNeighbours(
    const torch::Tensor& points, const torch::Tensor& queries, std::int64_t count
);
void requireQueries(const torch::Tensor& coords, const torch::Tensor& queries);
void requireBall(
    const torch::Tensor& coords, const torch::Tensor& centres, float radius, std::int64_t count
);
void requireInterpolate(const torch::Tensor& features, const ThreeNearest& neighbours);
void requireGroup(
    const torch::Tensor& coords,
    const torch::Tensor& centres,
    const torch::Tensor& features,
    const torch::Tensor& index
);

} // namespace siskin::points
