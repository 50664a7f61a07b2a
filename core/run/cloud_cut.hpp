// SPDX-License-Identifier: MIT
// How a scan becomes the clouds that a network reads, and how the answers about them become one
// label per point: the test protocols of the data sets (models.md 4.3, 4.4).
#pragma once

#include "core/models/point_network.hpp"
#include "core/scan/scan.hpp"

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

/// All samples of a scan, made when asked for. The same scan, protocol and seed give the same
/// samples on any number of threads.
struct CloudCut {
    std::size_t samples = 0;
    std::function<CloudSample(std::size_t)> sample;
    ClassId firstClass =
        0; ///< only classes firstClass .. firstClass + classCount - 1 may be chosen
    std::size_t classCount = 0;
};

inline constexpr std::uint64_t kProtocolSeed = 1588147245; ///< models.md 4.3

/// ShapeNetPart (models.md 4.4): centred and scaled to the unit ball, normals, one-hot category;
/// the points tiled `votes` x ceil(N / 2048) x 2048 times, shuffled and cut into clouds of 2048.
/// Only parts of the scan's category may be chosen. Without normals where `normals` is false
/// (PointNet: x, y, z and the category). Throws `DatasetError` for a scan without a category, or
/// without normals where they are wanted.
CloudCut cutShape(const Scan& scan, bool normals, int votes, std::uint64_t seed);

/// S3DIS as PVCNN reads it (models.md 4.3): windows of 1.5 m x 1.5 m blocks at both offsets, each
/// window tiled to 8192 points, shuffled and cut into clouds of `cloudPoints`. Throws
/// `DatasetError` for a scan without colours.
CloudCut cutRoomWindows(
    const Scan& scan, std::int64_t cloudPoints, std::uint64_t seed, const std::stop_token& stop
);

/// S3DIS as PointNet and DGCNN read it: columns of 1 m x 1 m, clouds of 4096 points, every point of
/// a column in at least one cloud.
CloudCut cutRoomColumns(const Scan& scan, std::uint64_t seed, const std::stop_token& stop);

} // namespace siskin
