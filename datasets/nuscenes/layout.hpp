// SPDX-License-Identifier: MIT
// Which files of a nuScenes folder belong together.
//   <root>/<version>/*.json                       tables, linked by tokens
//   <root>/samples/LIDAR_TOP/*.pcd.bin            points of the keyframes
//   <root>/lidarseg/<version>/*_lidarseg.bin      one label per point (absent for the test scenes)
#pragma once

#include "core/scan/dataset_reader.hpp"

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace siskin {

struct NuScenesFrame {
    FrameInfo info;
    std::filesystem::path labelFile;            ///< empty when there is none
    std::optional<std::array<double, 16>> pose; ///< LIDAR_TOP to world; empty for a loose file
};

struct NuScenesLayout {
    std::vector<NuScenesFrame> frames;       ///< scenes in the order of their table, frames in time
    std::array<std::uint32_t, 256> rawIds{}; ///< number in the label files -> raw id of a scan
    std::vector<std::string> warnings;       ///< what the folder lacks
    double framesPerSecond = 2.0;            ///< keyframes, from their timestamps
};

/// True for a folder with nuScenes tables or point files, the folder of the tables, and a single
/// `.pcd.bin`.
bool looksLikeNuScenes(const std::filesystem::path& path);

/// Finds the LIDAR_TOP keyframes of a root with one version of the tables, of one version
/// (`<root>/v1.0-mini`), or a single `.pcd.bin` (then without labels and pose). Reads no points.
/// Throws `DatasetError` for broken tables: one that is missing, a record without its token, a
/// token that leads nowhere, a chain of samples that does not end.
NuScenesLayout findNuScenes(const std::filesystem::path& path);

} // namespace siskin
