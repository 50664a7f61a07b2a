// SPDX-License-Identifier: MIT
#include "datasets/kitti/kitti_object_set.hpp"

#include "core/base/error.hpp"
#include "datasets/kitti/kitti_files.hpp"
#include "datasets/semantickitti/scan_files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

namespace {

namespace fs = std::filesystem;

bool isFolder(const fs::path& path) {
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

fs::path splitFolder(const fs::path& path) {
    for (const auto& folder : {path, path / "training", path / "testing"}) {
        if (isFolder(folder / "velodyne") && isFolder(folder / "calib")) {
            return folder;
        }
    }
    throw DatasetError(
        fmt::format("{}: no folders 'velodyne' and 'calib', here or in 'training'", path.string()),
        "give the root of the KITTI object benchmark, or its 'training' or 'testing' folder"
    );
}

} // namespace

KittiObjectSet::KittiObjectSet(const fs::path& path, const fs::path& boxes)
    : folder_(splitFolder(path)), boxes_(boxes.empty() ? folder_ / "label_2" : boxes),
      boxesAreLabels_(boxes.empty()) {
    if (!isFolder(boxes_)) {
        throw DatasetError(
            fmt::format("{}: no such folder of 2D boxes", boxes_.string()),
            "frustums are cut from 2D detections: give a folder of KITTI text files with --boxes"
        );
    }
    for (const auto& entry : fs::directory_iterator(folder_ / "velodyne")) {
        if (entry.path().extension() == ".bin") {
            frames_.push_back(entry.path().stem().string());
        }
    }
    std::sort(frames_.begin(), frames_.end());
    if (frames_.empty()) {
        throw DatasetError(
            fmt::format("{}: no .bin file", (folder_ / "velodyne").string()),
            "one scan per frame is expected there, e.g. 000000.bin"
        );
    }
}

CameraFrame KittiObjectSet::read(const std::string& id) const {
    if (!std::binary_search(frames_.begin(), frames_.end(), id)) {
        throw DatasetError(
            fmt::format("{}: no frame '{}'", folder_.string(), id),
            fmt::format("frames are {} to {}", frames_.front(), frames_.back())
        );
    }
    CameraFrame frame{.id = id};
    auto points = readVelodyneFile(folder_ / "velodyne" / (id + ".bin"));
    frame.positions = std::move(points.positions);
    frame.intensity = std::move(points.remission);
    frame.calibration = readKittiCalibration(folder_ / "calib" / (id + ".txt"));
    const auto boxes = boxes_ / (id + ".txt");
    std::error_code ignored;
    if (boxesAreLabels_ || fs::exists(boxes, ignored)) {
        frame.boxes = readKittiBoxes(boxes);
    }
    return frame;
}

} // namespace siskin
