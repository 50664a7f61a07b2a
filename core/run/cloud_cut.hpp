// SPDX-License-Identifier: MIT
// How a scan becomes the clouds that a network reads, and how the answers about them become one
// label per point: the test protocols of the data sets (models.md 4.3, 4.4).
#pragma once

#include "core/models/point_network.hpp"
#include "core/scan/room_blocks.hpp"
#include "core/scan/scan.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

namespace siskin {

/// Some points of a scan as a network reads them.
struct CloudSample {
    torch::Tensor features;            ///< float32 (1, C, n)
    std::vector<std::uint32_t> points; ///< n: which point of the scan each is
};

/// All samples of a scan, made when asked for; the scan is not needed any more. The same scan,
/// protocol and seed give the same samples on any number of threads.
struct CloudCut {
    std::size_t samples = 0;
    std::function<CloudSample(std::size_t)> sample;
    /// Only classes firstClass .. firstClass + classCount - 1 may be chosen.
    ClassId firstClass = 0;
    std::size_t classCount = SIZE_MAX; ///< as many as the network has
};

inline constexpr std::uint64_t kProtocolSeed = 1588147245; ///< models.md 4.3

/// Why a network on clouds cannot label a scan, as `ScanModel::refusal` says it.
inline constexpr const char* kNeedsCategory = "needs an object of a known category";
inline constexpr const char* kNeedsNormals = "needs normals";
inline constexpr const char* kNeedsColours = "needs a colour per point";
inline constexpr const char* kCategoryHint =
    "part networks know the sixteen categories of ShapeNetPart; say which with --category NAME";

/// ShapeNetPart (models.md 4.4): centred and scaled to the unit ball, normals, one-hot category;
/// the points tiled `votes` x ceil(N / 2048) x 2048 times, shuffled and cut into clouds of 2048.
/// Only parts of the scan's category may be chosen. Without normals where `normals` is false
/// (PointNet: x, y, z and the category). Throws `DatasetError` for a scan without a category, or
/// without normals where they are wanted.
CloudCut cutShape(const Scan& scan, bool normals, int votes, std::uint64_t seed);

/// The windows of a room at both offsets (models.md 4.3), the same on any number of threads. Throws
/// `DatasetError` for a scan without colours, `Cancelled`.
std::vector<RoomWindow>
windowsOfRoom(const Scan& scan, std::uint64_t seed, const std::stop_token& stop);

/// S3DIS as PVCNN reads it (models.md 4.3): windows of 1.5 m x 1.5 m blocks at both offsets, each
/// window tiled to 8192 points, shuffled and cut into clouds of `cloudPoints`. Throws
/// `DatasetError` for a scan without colours.
CloudCut cutRoomWindows(
    const Scan& scan, std::int64_t cloudPoints, std::uint64_t seed, const std::stop_token& stop
);

/// S3DIS as DGCNN reads it (and PointNet's first paper did): columns of 1 m x 1 m from the room's
/// smallest corner, each tiled to a multiple of 4096 points, shuffled and cut into clouds of 4096,
/// so that every point is in at least one. Channels: x and y from the column's middle, z above the
/// room's lowest point (metres), red, green, blue (0-1), x, y, z as shares of the room. Throws
/// `DatasetError` for a scan without colours.
CloudCut cutRoomColumns(const Scan& scan, std::uint64_t seed, const std::stop_token& stop);

/// Whichever of these belongs to a network: `task` is not `LidarScene`, `inputChannels` are those
/// that it reads, `votes` are for shapes.
CloudCut cutForNetwork(
    const Scan& scan,
    const PointNetworkPlan& network,
    std::int64_t inputChannels,
    int votes,
    std::uint64_t seed,
    const std::stop_token& stop
);

} // namespace siskin
