// SPDX-License-Identifier: MIT
// Where trilinear interpolation reads, and where its gradient goes.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace siskin::points {

/// The eight voxels around a position and their weights, z fastest.
struct Corners {
    std::array<std::int32_t, 8> voxel;
    std::array<float, 8> weight;
};

inline Corners cornersAt(const std::array<float, 3>& position, std::int32_t resolution) {
    std::array<std::array<std::int32_t, 2>, 3> cell{};
    std::array<std::array<float, 2>, 3> weight{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const float low = std::floor(position[axis]);
        const float fraction = position[axis] - low;
        const auto base = static_cast<std::int32_t>(low);
        cell[axis] = {base, fraction > 0.0F ? base + 1 : base};
        weight[axis] = {1.0F - fraction, fraction};
    }
    Corners corners{};
    for (std::size_t c = 0; c < 8; ++c) {
        const std::size_t x = c >> 2;
        const std::size_t y = (c >> 1) & 1;
        const std::size_t z = c & 1;
        corners.voxel[c] = (cell[0][x] * resolution + cell[1][y]) * resolution + cell[2][z];
        corners.weight[c] = weight[0][x] * weight[1][y] * weight[2][z];
    }
    return corners;
}

} // namespace siskin::points
