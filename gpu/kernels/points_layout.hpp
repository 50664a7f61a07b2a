// SPDX-License-Identifier: MIT
// Clouds as the kernels of points_*.cu read them. Strides and sizes are in elements.
#pragma once

#include "gpu/simt/stream.hpp"

namespace siskin::gpu {

using simt::Stream;

/// Coordinates, (cloud, dimension, point) with any strides.
struct ColumnSource {
    const float* data = nullptr;
    std::int64_t cloud = 0;
    std::int64_t dimension = 0;
    std::int64_t point = 0;
};

/// Features, (cloud, row, channel) with any strides; channels side by side can be read in fours.
struct RowSource {
    const float* data = nullptr;
    std::int64_t cloud = 0;
    std::int64_t row = 0;
    std::int64_t channel = 1;
};

} // namespace siskin::gpu
