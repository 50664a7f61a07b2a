// SPDX-License-Identifier: MIT
// The KITTI object benchmark on disk.
//   <root>/training/velodyne/000000.bin    points
//   <root>/training/calib/000000.txt       camera and LiDAR
//   <root>/training/label_2/000000.txt     objects with 2D and 3D boxes (not of the test set)
//   <root>/testing/...                     the same without labels
#pragma once

#include "core/scan/camera_frame.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace siskin {

class KittiObjectSet {
  public:
    /// `path`: the root (its `training` is taken, else `testing`) or a folder that holds
    /// `velodyne` and `calib`. 2D boxes come from `boxes` (a folder of one text file per frame);
    /// empty = `label_2`. Throws `DatasetError` saying what is missing.
    explicit KittiObjectSet(
        const std::filesystem::path& path, const std::filesystem::path& boxes = {}
    );

    /// Ids of the frames that have points ("000000" ...), in order; never empty.
    const std::vector<std::string>& frames() const noexcept { return frames_; }

    /// Whether it holds labels, calibrations or the 2D boxes: results, which have the same names,
    /// would replace them.
    bool readsFrom(const std::filesystem::path& folder) const;

    /// Throws `DatasetError` when the id is not known or one of its files is missing or malformed.
    /// Only the file of boxes may be missing: a detector that found nothing may write none, but
    /// labels must be there.
    CameraFrame read(const std::string& id) const;

  private:
    std::filesystem::path folder_;
    std::filesystem::path boxes_;
    bool boxesAreLabels_;
    std::vector<std::string> frames_;
};

} // namespace siskin
