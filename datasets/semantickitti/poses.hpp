// SPDX-License-Identifier: MIT
// The trajectory of one sequence.
#pragma once

#include <array>
#include <filesystem>
#include <vector>

namespace siskin {

using Pose = std::array<double, 16>; ///< row-major 4 x 4, sensor to world

/// Reads `poses.txt` (one 3 x 4 matrix per frame: left camera to the camera of frame 0) and `Tr` of
/// `calib.txt` (3 x 4, velodyne to camera), and returns Tr^-1 P Tr per frame: the pose of the
/// velodyne in the velodyne's frame at frame 0. Throws `DatasetError` with file and line when one
/// of the files is missing or malformed. Source: KITTI odometry development kit.
std::vector<Pose> readVelodynePoses(
    const std::filesystem::path& posesFile, const std::filesystem::path& calibrationFile
);

} // namespace siskin
