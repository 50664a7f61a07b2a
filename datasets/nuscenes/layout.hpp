// SPDX-License-Identifier: MIT
// Which files of a nuScenes folder belong together.
//   <root>/<version>/*.json                       tables, linked by tokens
//   <root>/samples/LIDAR_TOP/*.pcd.bin            points of the keyframes
//   <root>/sweeps/LIDAR_TOP/*.pcd.bin             points of the scans between them
//   <root>/lidarseg/<version>/*_lidarseg.bin      one label per point (absent for the test scenes)
#pragma once

#include "core/scan/dataset_reader.hpp"
#include "datasets/nuscenes/lidar_chain.hpp"

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace siskin {

struct NuScenesFrame {
    FrameInfo info;
    std::filesystem::path labelFile; ///< empty when there is none
    std::optional<Pose> pose;        ///< LIDAR_TOP to world; empty for a loose file
    /// Index of `NuScenesLayout::chain`, if that was read.
    std::uint32_t scan = NuScenesLidarScan::kNone;
};

struct NuScenesLayout {
    std::vector<NuScenesFrame> frames;       ///< scenes in the order of their table, frames in time
    std::array<std::uint32_t, 256> rawIds{}; ///< number in the label files -> raw id of a scan
    NuScenesLidarChain chain;                ///< empty unless it was asked for
    std::filesystem::path root;              ///< that the files of the chain are relative to
    std::vector<std::string> warnings;       ///< what the folder lacks
    double framesPerSecond = 2.0;            ///< keyframes, from their timestamps
};

/// True for a folder with nuScenes tables or point files, the folder of the tables, and a single
/// `.pcd.bin`.
bool looksLikeNuScenes(const std::filesystem::path& path);

/// The folder itself if it holds tables, else those below it that do, sorted by name.
std::vector<std::filesystem::path> nuScenesTableFolders(const std::filesystem::path& path);

/// Finds the LIDAR_TOP keyframes of a root with one version of the tables, of one version
/// (`<root>/v1.0-mini`), or a single `.pcd.bin` (then without labels and pose); `withSweeps` also
/// the chain of all scans. Reads no points. Throws `DatasetError` for broken tables: one that is
/// missing, a record without its token, a token that leads nowhere, a chain of samples (and, with
/// sweeps, of scans) that does not end; and for a single file, with sweeps: it has none.
NuScenesLayout findNuScenes(const std::filesystem::path& path, bool withSweeps = false);

} // namespace siskin
