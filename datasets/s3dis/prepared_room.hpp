// SPDX-License-Identifier: MIT
// The files that PVCNN's and PointCNN's programs read instead of the rooms of S3DIS.
#pragma once

#include "datasets/s3dis/room_points.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string_view>

namespace siskin {

inline constexpr std::size_t kWindowsPerFile = 2048;

/// Writes into `folder` (made if need be) what the published preparation writes for a room:
///   xyzrgb.npy (N, 6) float64 and label.npy (N) int32: the points of stage A
///   zero_0.h5, half_0.h5: its windows cut at 0 and at 0.75 m (`cutRoom`, `writeWindows`); further
///   files _1, _2 ... after every `windowsPerFile` windows
/// The shuffles depend on `seed` and on `roomId` alone, so that a room gives the same bytes whether
/// prepared alone or among others. `points` must have labels. Throws `DatasetError` when something
/// cannot be written, `ConfigError` in a build without HDF5, `Cancelled`.
void writePreparedRoom(
    const std::filesystem::path& folder,
    std::string_view roomId,
    const RoomPoints& points,
    std::uint64_t seed,
    const std::stop_token& stop,
    std::size_t windowsPerFile = kWindowsPerFile
);

} // namespace siskin
