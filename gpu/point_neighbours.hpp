// SPDX-License-Identifier: MIT
// Neighbours on the device, and rows picked by them. Shapes are checked by the caller, values of
// indices here.
#pragma once

#include "core/points/point_ops.hpp"

namespace siskin::gpu {

torch::Tensor furthestPoints(const torch::Tensor& coords, std::int64_t count);

torch::Tensor ballNeighbours(
    const torch::Tensor& coords, const torch::Tensor& centres, float radius, std::int64_t count
);

torch::Tensor
nearestNeighbours(const torch::Tensor& points, const torch::Tensor& queries, std::int64_t count);

ThreeNearest threeNearest(const torch::Tensor& coords, const torch::Tensor& queries);

torch::Tensor interpolate(const torch::Tensor& features, const ThreeNearest& neighbours);

torch::Tensor gather(const torch::Tensor& features, const torch::Tensor& index);

torch::Tensor groupAround(
    const torch::Tensor& coords,
    const torch::Tensor& centres,
    const torch::Tensor& features,
    const torch::Tensor& index
);

} // namespace siskin::gpu
