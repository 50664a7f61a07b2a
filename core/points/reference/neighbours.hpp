// SPDX-License-Identifier: MIT
// Neighbour searches of the reference implementation; arguments are checked by the caller.
#pragma once

#include "core/points/point_ops.hpp"

namespace siskin::points::reference {

torch::Tensor furthestPoints(const torch::Tensor& coords, std::int64_t count);

torch::Tensor ballNeighbours(
    const torch::Tensor& coords, const torch::Tensor& centres, float radius, std::int64_t count
);

torch::Tensor
nearestNeighbours(const torch::Tensor& points, const torch::Tensor& queries, std::int64_t count);

ThreeNearest threeNearest(const torch::Tensor& coords, const torch::Tensor& queries);

} // namespace siskin::points::reference
