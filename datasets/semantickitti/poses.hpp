// SPDX-License-Identifier: MIT
// The trajectory of one sequence.
#pragma once

#include "datasets/rigid_motion.hpp"

#include <filesystem>
#include <vector>

namespace siskin {

/// Reads `poses.txt` (one 3 x 4 matrix per frame: left camera to the camera of frame 0) and `Tr` of
/// `calib.txt` (3 x 4, velodyne to camera), and returns Tr^-1 P Tr per frame: the pose of the
/// velodyne in the velodyne's frame at frame 0. Throws `DatasetError` with file and line when one
/// of the files is missing or malformed. Source: KITTI odometry development kit.
std::vector<Pose> readVelodynePoses(
    const std::filesystem::path& posesFile, const std::filesystem::path& calibrationFile
);

/// Reads `times.txt`: seconds since the first frame, one number per line, rising. Throws
/// `DatasetError` with file and line when it is missing or malformed.
std::vector<double> readTimes(const std::filesystem::path& path);

} // namespace siskin
