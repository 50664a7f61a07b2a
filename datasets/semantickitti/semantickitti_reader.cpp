// SPDX-License-Identifier: MIT
#include "datasets/semantickitti/semantickitti_reader.hpp"

#include "core/base/error.hpp"
#include "datasets/ground_truth.hpp"
#include "datasets/semantickitti/scan_files.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <optional>

namespace siskin {

namespace {

/// "000012" -> 12: the line of poses.txt that belongs to a frame.
std::optional<std::size_t> frameNumber(const std::filesystem::path& file) {
    const std::string stem = file.stem().string();
    std::size_t number = 0;
    const auto [end, status] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
    const bool whole = status == std::errc() && end == stem.data() + stem.size();
    return whole ? std::optional(number) : std::nullopt;
}

} // namespace

SemanticKittiReader::SemanticKittiReader(
    const std::filesystem::path& path, std::shared_ptr<const ClassMap> classMap
)
    : layout_(findSemanticKitti(path)), classMap_(std::move(classMap)) {
    if (!classMap_) {
        throw ConfigError("SemanticKITTI needs a class map");
    }
    for (const SemanticKittiFrame& frame : layout_.frames) {
        infos_.push_back(frame.info);
    }
    readTrajectories();
}

void SemanticKittiReader::readTrajectories() {
    std::filesystem::path previous;
    for (const SemanticKittiFrame& frame : layout_.frames) {
        const std::filesystem::path& sequence = frame.sequence;
        if (sequence == previous) {
            continue;
        }
        previous = sequence;
        const auto poses = sequence / "poses.txt";
        const auto calibration = sequence / "calib.txt";
        if (!std::filesystem::exists(poses) || !std::filesystem::exists(calibration)) {
            continue; // the test sequences come without a trajectory
        }
        try {
            trajectories_[sequence] = readVelodynePoses(poses, calibration);
        } catch (const DatasetError& error) {
            layout_.warnings.push_back(fmt::format("no poses: {}", error.line()));
        }
    }
}

std::string SemanticKittiReader::title() const {
    return fmt::format("SemanticKITTI, {} frame{}", infos_.size(), infos_.size() == 1 ? "" : "s");
}

std::shared_ptr<const Scan> SemanticKittiReader::read(std::size_t index) const {
    const auto begin = std::chrono::steady_clock::now();
    if (index >= layout_.frames.size()) {
        throw DatasetError(
            fmt::format("frame {} does not exist: there are {}", index, layout_.frames.size())
        );
    }
    const SemanticKittiFrame& frame = layout_.frames[index];
    auto scan = std::make_shared<Scan>();
    scan->id = frame.info.id;
    scan->source = frame.info.file;
    VelodynePoints points = readVelodyneFile(frame.info.file);
    scan->positions = std::move(points.positions);
    scan->fields.push_back({"intensity", 1, std::move(points.remission)});
    if (!frame.labelFile.empty()) {
        addGroundTruth(*scan, readLabelFile(frame.labelFile), classMap_, frame.labelFile);
    }
    addPose(*scan, frame);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    scan->readSeconds = took.count();
    return scan;
}

void SemanticKittiReader::addPose(Scan& scan, const SemanticKittiFrame& frame) const {
    const auto trajectory = trajectories_.find(frame.sequence);
    if (trajectory == trajectories_.end()) {
        return;
    }
    const auto number = frameNumber(frame.info.file);
    if (number && *number < trajectory->second.size()) {
        scan.pose = trajectory->second[*number];
        return;
    }
    scan.warnings.push_back(fmt::format(
        "{}: no pose: poses.txt holds frames 0 to {}",
        frame.info.file.string(),
        static_cast<std::ptrdiff_t>(trajectory->second.size()) - 1
    ));
}

} // namespace siskin
