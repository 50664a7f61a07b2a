// SPDX-License-Identifier: MIT
// Rows of a kernel map sorted by which kernel offsets they have, so that the rows of a tile share
// theirs (engines.md 2.4): a tile then skips the offsets that none of its rows needs. The offsets
// may be cut into several splits, each with an order of its own.
#pragma once

#include "gpu/simt/primitives.hpp"
#include "gpu/simt/stream.hpp"

namespace siskin::gpu {

using simt::Stream;

inline constexpr int kTileRows = 64;  ///< tile masks are of that many rows; larger tiles join them
inline constexpr int kDigitBits = 9;  ///< of one pass of the counting sort
inline constexpr int kMostLanes = 64; ///< of one call
inline constexpr int kMostMasks = 16; ///< maps of one call
inline constexpr int kSplitBits = 27; ///< largest number of offsets in one split

/// Which offsets each row has: bit k % 32 of masks[k / 32 * rows + row].
struct MaskJob {
    const std::int32_t* table; ///< [volume][rows], -1 where a row lacks the offset
    std::int32_t rows;
    std::int32_t volume;
    std::uint32_t* masks;
};

struct MaskJobs {
    MaskJob job[kMostMasks];
    int count = 0;
};

/// pairs[j] += number of neighbours of job j.
void findMasks(Stream stream, const MaskJobs& jobs, unsigned long long* pairs);

/// One order to make: the rows of a map by offsets firstBit .. firstBit + bits - 1.
struct OrderLane {
    const std::uint32_t* masks;
    std::int32_t rows;
    std::int32_t firstBit;
    std::int32_t bits;        ///< 1 .. kSplitBits
    std::int32_t* order;      ///< [rows], the result
    std::int32_t* spare;      ///< [rows]; read by the second pass, where there is one
    std::uint32_t* tileMasks; ///< [divideUp(rows, kTileRows)]: offsets that a tile needs
    std::int32_t* work;       ///< [2]: offsets of all tiles of 64 rows, and of 128 rows, added to
};

struct OrderLanes {
    OrderLane lane[kMostLanes];
    int count = 0;
};

/// Stable by ascending mask: among equal masks the order of the rows stays.
void sortRows(Stream stream, const OrderLanes& lanes, const simt::Scratch& scratch);

} // namespace siskin::gpu
