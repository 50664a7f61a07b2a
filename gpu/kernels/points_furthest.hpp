// SPDX-License-Identifier: MIT
// Furthest-point sampling: one block per cloud, because every choice waits for the one before.
#pragma once

#include "gpu/kernels/points_layout.hpp"

namespace siskin::gpu {

/// Whether `findFurthest` needs `nearest`: clouds up to 8192 points stay in registers.
bool needsNearest(std::int64_t points);

/// chosen [clouds][count]: PointOps::furthestPoints. `points` below 2^30. `nearest`: room for
/// [clouds][points], or null.
void findFurthest(
    Stream stream,
    const ColumnSource& coords,
    std::int64_t clouds,
    std::int64_t points,
    std::int64_t count,
    float* nearest,
    std::int32_t* chosen
);

} // namespace siskin::gpu
