// SPDX-License-Identifier: MIT
// Neighbour searches of PointOps: ball query, k nearest, three nearest. Results are in index order
// or nearest first with ties to the lower index, as point_ops.hpp says.
#pragma once

#include "gpu/kernels/points_layout.hpp"

namespace siskin::gpu {

struct SearchSize {
    std::int64_t clouds;
    std::int64_t points;  ///< per cloud, below 2^30
    std::int64_t queries; ///< per cloud
};

/// hits [clouds][queries][count].
void findWithin(
    Stream stream,
    const ColumnSource& coords,
    const ColumnSource& centres,
    const SearchSize& size,
    float squaredRadius,
    std::int64_t count,
    std::int32_t* hits
);

/// index [clouds][queries][count]; `count` at most `size.points`. Every further 128 neighbours cost
/// another pass over the points.
void findNearest(
    Stream stream,
    const ColumnSource& points,
    const ColumnSource& queries,
    const SearchSize& size,
    std::int64_t dimensions,
    std::int64_t count,
    std::int32_t* index
);

/// index and weight [clouds][queries][3].
void findThree(
    Stream stream,
    const ColumnSource& coords,
    const ColumnSource& queries,
    const SearchSize& size,
    std::int32_t* index,
    float* weight
);

} // namespace siskin::gpu
