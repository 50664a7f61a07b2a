// SPDX-License-Identifier: MIT
#include "datasets/semantickitti/semantickitti_reader.hpp"

#include "core/base/error.hpp"
#include "datasets/earlier_scans.hpp"
#include "datasets/ground_truth.hpp"
#include "datasets/paths.hpp"
#include "datasets/semantickitti/scan_files.hpp"

#include <fmt/format.h>

#include <algorithm>
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

void readPointsInto(Scan& scan) {
    VelodynePoints points = readVelodyneFile(scan.source);
    scan.positions = std::move(points.positions);
    scan.fields.push_back({"intensity", 1, std::move(points.remission)});
}

/// The file of frame `number` beside `file`: "000012.bin" and 3 -> "000003.bin".
std::filesystem::path scanBeside(const std::filesystem::path& file, std::size_t number) {
    return file.parent_path() / fmt::format("{:0{}}.bin", number, file.stem().string().size());
}

} // namespace

SemanticKittiReader::SemanticKittiReader(
    const std::filesystem::path& path,
    std::shared_ptr<const ClassMap> classMap,
    std::size_t earlierScans
)
    : layout_(findSemanticKitti(path)), classMap_(std::move(classMap)),
      earlierScans_(earlierScans) {
    if (!classMap_) {
        throw ConfigError("SemanticKITTI needs a class map");
    }
    for (const SemanticKittiFrame& frame : layout_.frames) {
        infos_.push_back(frame.info);
    }
    readTrajectories();
    measureFrameRate();
}

void SemanticKittiReader::readTrajectories() {
    for (const SemanticKittiFrame& frame : layout_.frames) {
        if (!frame.sequence.empty() && !trajectories_.contains(frame.sequence)) {
            readTrajectory(frame.sequence);
        }
    }
    if (earlierScans_ > 0) {
        requirePoses();
    }
}

/// Without any there is nothing to accumulate; a sequence without them does not hide the others.
void SemanticKittiReader::requirePoses() {
    std::vector<std::string> without;
    for (const auto& [sequence, trajectory] : trajectories_) {
        if (trajectory.poses.empty()) {
            without.push_back(fmt::format(
                "{}: without poses its scans cannot be read together with earlier ones",
                sequence.string()
            ));
        }
    }
    if (without.size() == trajectories_.size()) {
        throw DatasetError(
            fmt::format(
                "{}: earlier scans cannot be moved along without poses{}",
                layout_.frames.front().info.file.string(),
                layout_.warnings.empty() ? "" : ": " + layout_.warnings.back()
            ),
            "put poses.txt and calib.txt into the folder of the sequence"
        );
    }
    layout_.warnings.insert(layout_.warnings.end(), without.begin(), without.end());
}

void SemanticKittiReader::readTrajectory(const std::filesystem::path& sequence) {
    Trajectory& trajectory = trajectories_[sequence];
    const auto poses = sequence / "poses.txt";
    const auto calibration = sequence / "calib.txt";
    if (isFile(poses) && isFile(calibration)) { // the test sequences may come without
        try {
            trajectory.poses = readVelodynePoses(poses, calibration);
            if (trajectory.poses.empty()) {
                throw DatasetError(fmt::format("{}: the file is empty", poses.string()));
            }
        } catch (const DatasetError& error) {
            layout_.warnings.push_back(fmt::format("no poses: {}", error.line()));
        }
    }
    if (isFile(sequence / "times.txt")) {
        try {
            trajectory.times = readTimes(sequence / "times.txt");
        } catch (const DatasetError& error) {
            layout_.warnings.push_back(fmt::format("no times: {}", error.line()));
        }
    }
}

/// The median of the time between two frames of a sequence.
void SemanticKittiReader::measureFrameRate() {
    std::vector<double> intervals;
    for (const auto& [sequence, trajectory] : trajectories_) {
        for (std::size_t i = 1; i < trajectory.times.size(); ++i) {
            intervals.push_back(trajectory.times[i] - trajectory.times[i - 1]);
        }
    }
    if (!intervals.empty()) {
        const auto middle = intervals.begin() + std::ssize(intervals) / 2;
        std::nth_element(intervals.begin(), middle, intervals.end());
        framesPerSecond_ = 1.0 / *middle; // times rise: `readTimes` sees to it
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
    readPointsInto(*scan);
    if (!frame.labelFile.empty()) {
        addGroundTruth(*scan, readLabelFile(frame.labelFile), classMap_, frame.labelFile);
    }
    addPose(*scan, frame);
    if (earlierScans_ > 0) {
        addScansBefore(*scan, frame);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    scan->readSeconds = took.count();
    return scan;
}

const SemanticKittiReader::Trajectory&
SemanticKittiReader::trajectoryOf(const SemanticKittiFrame& frame) const {
    static const Trajectory kNone;
    const auto found = trajectories_.find(frame.sequence);
    return found == trajectories_.end() ? kNone : found->second;
}

void SemanticKittiReader::addPose(Scan& scan, const SemanticKittiFrame& frame) const {
    const auto& poses = trajectoryOf(frame).poses;
    const auto number = frameNumber(frame.info.file);
    if (poses.empty()) {
        return;
    }
    if (number && *number < poses.size()) {
        scan.pose = poses[*number];
        return;
    }
    scan.warnings.push_back(fmt::format(
        "{}: no pose: poses.txt holds frames 0 to {}", frame.info.file.string(), poses.size() - 1
    ));
}

void SemanticKittiReader::addScansBefore(Scan& scan, const SemanticKittiFrame& frame) const {
    if (!scan.pose) {
        throw DatasetError(
            fmt::format(
                "{}: earlier scans cannot be moved along: the frame has no pose",
                frame.info.file.string()
            ),
            "put poses.txt and calib.txt into the folder of the sequence"
        );
    }
    const Trajectory& trajectory = trajectoryOf(frame);
    const Pose fromWorld = rigidInverse(*scan.pose);
    const std::size_t number = *frameNumber(frame.info.file); // a frame with a pose has one
    const std::size_t wanted = std::min(earlierScans_, number);
    std::vector<EarlierScan> earlier;
    std::vector<std::filesystem::path> missing;
    for (std::size_t age = 1; age <= wanted; ++age) {
        EarlierScan one;
        one.points.source = scanBeside(frame.info.file, number - age);
        if (!isFile(one.points.source)) {
            missing.push_back(one.points.source);
            continue;
        }
        readPointsInto(one.points);
        one.toLater = product(fromWorld, trajectory.poses[number - age]);
        one.secondsBefore = number < trajectory.times.size()
                                ? trajectory.times[number] - trajectory.times[number - age]
                                : static_cast<double>(age) / framesPerSecond_;
        earlier.push_back(std::move(one));
    }
    addEarlierScans(scan, earlier);
    warnOfMissingScans(scan, missing, wanted);
}

} // namespace siskin
