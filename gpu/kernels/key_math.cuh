// SPDX-License-Identifier: MIT
// Arithmetic on keys inside kernels.
#pragma once

#include "gpu/kernels/key_layout.hpp"
#include "gpu/simt/simt.cuh"

namespace siskin::gpu {

/// The lowest bits of `value` at the places of `mask`, lowest first.
__device__ inline std::uint64_t deposit(std::uint64_t value, std::uint64_t mask) {
    std::uint64_t result = 0;
    while (value != 0 && mask != 0) {
        const std::uint64_t place = mask & (~mask + 1);
        result |= (value & 1) != 0 ? place : 0;
        mask ^= place;
        value >>= 1;
    }
    return result;
}

/// The axis (1 x, 2 y, 3 z; 0 batch) counted from the origin of a level.
__device__ inline std::int64_t
fromOrigin(const KeyLayout& layout, int level, int axis, std::int64_t coordinate) {
    const std::int32_t origin = axis == 0 ? layout.origin[0] : layout.origin[axis] >> level;
    return coordinate - origin;
}

/// Whether a place counted from the origin has a key at that level.
__device__ inline bool
isInLayout(const KeyLayout& layout, int level, int axis, std::int64_t place) {
    const int bits = axis == 0 ? layout.bits[0] : layout.bits[axis] - level;
    return place >= 0 && (place >> bits) == 0;
}

/// Where the bits of an axis are at a level.
__device__ inline std::uint64_t maskAt(const KeyLayout& layout, int level, int axis) {
    return layout.mask[axis] >> (kChildBits * level);
}

} // namespace siskin::gpu
