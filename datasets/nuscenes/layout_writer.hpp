// SPDX-License-Identifier: MIT
// Writes made-up LiDAR drives in the layout of nuScenes with nuScenes-lidarseg.
#pragma once

#include "core/scan/scan.hpp"
#include "datasets/synthetic/output_folder.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace siskin {

/// `<root>/<version>/*.json`, `<root>/lidarseg/<version>/`. A name of its own, so that nobody takes
/// it for the real data.
inline constexpr const char* kNuScenesSyntheticVersion = "v1.0-synthetic";

/// One turn of the sensor; x ahead, y left, z up, as everywhere in Siskin's made-up scenes. Four
/// lists of one length.
struct NuScenesPoints {
    std::span<const Vec3f> positions;       ///< metres
    std::span<const float> intensity;       ///< 0..255
    std::span<const std::uint8_t> ring;     ///< 0 = lowest
    std::span<const std::uint8_t> category; ///< index into `kNuScenesCategories`
};

/// A drive; every frame is a keyframe.
struct NuScenesDrive {
    std::string name;        ///< e.g. "scene-0001"; unique
    std::string description; ///< for people
    /// Sensor (as in `NuScenesPoints`) to world, row-major 4 x 4, one per frame.
    std::vector<std::array<double, 16>> poses;
    double framesPerSecond = 10.0;
};

/// Writes the point file and the label file of frame `frame` of the drive with number `drive`. The
/// points turn into nuScenes' own sensor frame (x right, y ahead). May be called from several
/// threads for different frames. Throws `DatasetError`.
void writeNuScenesFrame(
    const OutputFolder& output,
    std::size_t drive,
    std::size_t frame,
    double framesPerSecond,
    const NuScenesPoints& points
);

/// Writes all tables for drives 0, 1, 2 ... Tokens are made of what they name, so the same drives
/// give the same bytes. Throws `DatasetError`.
void writeNuScenesTables(const OutputFolder& output, std::span<const NuScenesDrive> drives);

} // namespace siskin
