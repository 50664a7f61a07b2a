// SPDX-License-Identifier: MIT
// The text files of the KITTI object benchmark (its development kit's readme).
#pragma once

#include "core/scan/camera_frame.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace siskin {

/// Reads P2, R0_rect and Tr_velo_to_cam of a `calib/*.txt`; other lines are ignored. Throws
/// `DatasetError` naming file and line when one is missing, repeated or not its 12 or 9 numbers,
/// or when P2 is no camera (a focal length that is not positive).
CameraCalibration readKittiCalibration(const std::filesystem::path& path);

/// Reads the 2D boxes of a `label_2/*.txt` (15 columns) or of detections in the same form with a
/// score (16 columns): type truncated occluded alpha x1 y1 x2 y2 h w l x y z ry [score]. An empty
/// file holds no box. "DontCare" lines are left out. Throws `DatasetError` naming file and line for
/// anything else, also for a box whose right or lower side comes before the other.
std::vector<ImageBox> readKittiBoxes(const std::filesystem::path& path);

/// The lines of a result file: `type -1 -1 -10 x1 y1 x2 y2 h w l x y z ry score`.
std::string kittiResultText(std::span<const CameraBox> boxes);

} // namespace siskin
