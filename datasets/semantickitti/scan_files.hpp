// SPDX-License-Identifier: MIT
// The two binary files of a SemanticKITTI frame.
// Source: KITTI odometry development kit (velodyne) and semantic-kitti.org/dataset.html (labels).
#pragma once

#include "core/scan/scan.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace siskin {

struct VelodynePoints {
    std::vector<Vec3f> positions; ///< N, metres, sensor frame (x forward, y left, z up)
    std::vector<float> remission; ///< N, 0..1
};

/// Reads `.bin`: little-endian float32 x, y, z, remission per point. Throws `DatasetError` naming
/// the file and the byte when it is missing, empty, not a whole number of points, or holds a NaN or
/// an infinite value (voxels and network features have no answer for those).
VelodynePoints readVelodyneFile(const std::filesystem::path& path);

/// Reads `.label`: little-endian uint32 per point; returns the low 16 bits (the class; the high
/// ones are the instance). Throws `DatasetError` naming the file and the byte when it is missing or
/// not a whole number of labels.
std::vector<std::uint32_t> readLabelFile(const std::filesystem::path& path);

} // namespace siskin
