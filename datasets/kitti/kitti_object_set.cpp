// SPDX-License-Identifier: MIT
#include "datasets/kitti/kitti_object_set.hpp"

#include "core/base/error.hpp"
#include "datasets/kitti/kitti_files.hpp"
#include "datasets/paths.hpp"
#include "datasets/semantickitti/scan_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace siskin {

namespace {

namespace fs = std::filesystem;

fs::path splitFolder(const fs::path& path) {
    for (const auto& folder : {path, path / "training", path / "testing"}) {
        if (isFolder(folder / "velodyne") && isFolder(folder / "calib")) {
            return folder;
        }
    }
    throw DatasetError(
        isFolder(path) ? fmt::format(
                             "{}: no folders 'velodyne' and 'calib', here, in 'training' or in "
                             "'testing'",
                             path.string()
                         )
                       : fmt::format("{}: not a folder", path.string()),
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
    for (const fs::path& entry : sortedEntries(folder_ / "velodyne")) {
        if (entry.extension() == ".bin") {
            frames_.push_back(entry.stem().string());
        }
    }
    std::sort(frames_.begin(), frames_.end()); // paths have another order: "a-1.bin", "a.bin"
    if (frames_.empty()) {
        throw DatasetError(
            fmt::format("{}: no .bin file that can be read", (folder_ / "velodyne").string()),
            "one scan per frame is expected there, e.g. 000000.bin"
        );
    }
    const bool some = std::any_of(frames_.begin(), frames_.end(), [this](const std::string& id) {
        return isFile(boxes_ / (id + ".txt"));
    });
    if (!boxesAreLabels_ && !some) { // a detector that found nothing at all, or the wrong folder
        throw DatasetError(
            fmt::format("{}: no text file of any frame", boxes_.string()),
            fmt::format("one per frame is expected there, e.g. {}.txt", frames_.front())
        );
    }
}

bool KittiObjectSet::readsFrom(const fs::path& folder) const {
    const std::array own = {boxes_, folder_ / "label_2", folder_ / "calib"};
    return std::any_of(own.begin(), own.end(), [&folder](const fs::path& path) {
        std::error_code ignored; // what does not exist holds nothing
        return fs::equivalent(path, folder, ignored);
    });
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
