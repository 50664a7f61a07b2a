// SPDX-License-Identifier: MIT
// Cuts a room into the windows that indoor networks read: the preparation of S3DIS of PointCNN (Li
// et al., NeurIPS 2018) as PVCNN (Liu et al., NeurIPS 2019) uses it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace siskin {

inline constexpr std::size_t kWindowPoints = 8192; ///< a window has at most so many
inline constexpr std::size_t kWindowFeatures = 9;
inline constexpr double kLargestRoom = 1e6; ///< metres: larger ones are refused

using WindowFeatures = std::array<float, kWindowFeatures>;

/// One sample of a network: part of a block of 1.5 m x 1.5 m of the room, from floor to ceiling.
struct RoomWindow {
    /// n, 1 to 8192: the point of the room that each is; some come more than once.
    std::vector<std::uint32_t> points;
    /// n: x and y from the middle of the block's smallest corner plus 0.75 m, z above the lowest
    /// point of the room (metres); red, green, blue (0-1); x, y, z from the room's smallest corner,
    /// as shares of its extent (0 along an axis without extent).
    std::vector<WindowFeatures> features;
};

/// The windows of a room of N points: `positions` in metres, z up; `colours` red, green, blue,
/// 0-255. The room is cut into a grid of blocks that begins `offset` metres before its smallest
/// corner (published networks read the cuts of offset 0 and 0.75 one after the other):
///   blocks of fewer than 8192 / 10 points join the first neighbour with more, in the order
///   +y, +x, -y, -x, (-x+y), (+x+y), (+x-y), (-x-y); a block without such a neighbour stays;
///   in 3 cm cells with fewer points than the block's mean (rounded down), points are repeated in
///   equal number, shuffled and cut to that mean, which can lose one; fuller cells stay;
///   the block is shuffled and cut into ceil(n / 8192) windows of ceil(n / that) points, the last
///   having the rest.
/// The same seed gives the same windows on any number of threads. Throws `DatasetError` when there
/// is no point, a value is not finite, the room is larger than 1000 km or the two spans differ in
/// length; `Cancelled`.
std::vector<RoomWindow> cutRoom(
    std::span<const std::array<double, 3>> positions,
    std::span<const std::array<double, 3>> colours,
    double offset,
    std::uint64_t seed,
    const std::stop_token& stop = {}
);

} // namespace siskin
