// SPDX-License-Identifier: MIT
// Exact 64-bit keys of voxels. The bits of x, y and z are interleaved (Morton order), each axis as
// long as its extent needs it, the batch index above them: sorted keys keep neighbours together,
// the eight children of a parent side by side, and a parent's key is its child's without the lowest
// three bits. No two voxels share a key.
#pragma once

#include <cstdint>

namespace siskin::gpu {

/// An origin is a multiple of 2^kCoarsenings, so that floor(c / 2) keeps to it that many times.
inline constexpr int kCoarsenings = 8;
/// Every axis has at least that many bits: two per level for the place within a brick of 4^3 voxels
/// and one for the brick's neighbours, at the last level too.
inline constexpr int kFewestBits = kCoarsenings + 3;
inline constexpr int kMostBits = 63; ///< all ones is no key
inline constexpr std::uint64_t kNoKey = ~std::uint64_t{0};
inline constexpr int kBrickBits = 6; ///< of a key: the place within a brick
inline constexpr int kChildBits = 3; ///< of a key: which child of its parent

/// Smallest and largest batch, x, y, z of a list of coordinates.
struct Extent {
    std::int32_t low[4];
    std::int32_t high[4];
};

struct KeyLayout {
    std::uint64_t mask[4]; ///< where the bits of batch, x, y, z are
    std::int32_t origin[4];
    std::int32_t bits[4];
    std::int32_t tooLong; ///< 1: the extents need more than kMostBits
};

/// What the host has to know after a list was made unique.
struct UniqueStatus {
    std::int32_t voxels;
    std::int32_t tooLong;
    std::int32_t badRow; ///< first position that is not finite or too far away; kNoRow when none
};

inline constexpr std::int32_t kNoRow = 0x7FFFFFFF;

} // namespace siskin::gpu
