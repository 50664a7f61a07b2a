// SPDX-License-Identifier: MIT
// The HDF5 files from which PVCNN's programs read the windows of a room.
#pragma once

#include "core/scan/room_blocks.hpp"

#include <cstdint>
#include <filesystem>
#include <span>

namespace siskin {

/// Throws `ConfigError` in a build without HDF5.
void requireWindowFiles();

/// Writes W windows, 8192 points each, what is missing being 0; compressed, without time stamps, so
/// that equal windows give equal bytes:
///   data (W, 8192, 9) float32    data_num (W) int32: points of each window
///   label_seg (W, 8192) int32: class of each point    label (W) int32: 0, as in published files
///   indices_split_to_full (W, 8192) int32: the point of the room
/// `classes`: of the room's points. Throws `DatasetError` naming the file when it cannot be
/// written, `ConfigError` in a build without HDF5.
void writeWindows(
    const std::filesystem::path& path,
    std::span<const RoomWindow> windows,
    std::span<const std::uint32_t> classes
);

} // namespace siskin
