// SPDX-License-Identifier: MIT
#include "datasets/nuscenes/nuscenes_reader.hpp"

#include "core/base/error.hpp"
#include "datasets/earlier_scans.hpp"
#include "datasets/ground_truth.hpp"
#include "datasets/paths.hpp"
#include "datasets/point_records.hpp"

#include <fmt/format.h>

#include <chrono>

namespace siskin {

namespace {

constexpr std::array<std::string_view, 5> kColumns = {"x", "y", "z", "intensity", "ring"};

void readPointFile(Scan& scan) {
    const auto points = readPoints(scan.source, kColumns);
    scan.positions.reserve(points.size());
    PointField intensity{"intensity", 1, {}};
    PointField ring{"ring", 1, {}};
    intensity.values.reserve(points.size());
    ring.values.reserve(points.size());
    for (const auto& point : points) {
        scan.positions.push_back({point[0], point[1], point[2]});
        intensity.values.push_back(point[3]);
        ring.values.push_back(point[4]);
    }
    scan.fields.push_back(std::move(intensity));
    scan.fields.push_back(std::move(ring));
}

} // namespace

NuScenesReader::NuScenesReader(
    const std::filesystem::path& path,
    std::shared_ptr<const ClassMap> classMap,
    std::size_t earlierScans
)
    : layout_(findNuScenes(path, earlierScans > 0)), earlierScans_(earlierScans),
      classMap_(std::move(classMap)) {
    if (!classMap_) {
        throw ConfigError("nuScenes needs a class map");
    }
    for (const NuScenesFrame& frame : layout_.frames) {
        infos_.push_back(frame.info);
    }
}

std::string NuScenesReader::title() const {
    return fmt::format("nuScenes, {} keyframe{}", infos_.size(), infos_.size() == 1 ? "" : "s");
}

std::shared_ptr<const Scan> NuScenesReader::read(std::size_t index) const {
    const auto begin = std::chrono::steady_clock::now();
    if (index >= layout_.frames.size()) {
        throw DatasetError(
            fmt::format("frame {} does not exist: there are {}", index, layout_.frames.size())
        );
    }
    const NuScenesFrame& frame = layout_.frames[index];
    auto scan = std::make_shared<Scan>();
    scan->id = frame.info.id;
    scan->source = frame.info.file;
    scan->benchmarkName = frame.info.benchmarkName;
    scan->pose = frame.pose;
    readPointFile(*scan);
    if (!frame.labelFile.empty()) {
        std::vector<std::uint32_t> rawIds;
        for (const auto label : readRecords<std::uint8_t>(frame.labelFile, "label")) {
            rawIds.push_back(layout_.rawIds[label]);
        }
        addGroundTruth(*scan, std::move(rawIds), classMap_, frame.labelFile);
    }
    if (earlierScans_ > 0) {
        addSweeps(*scan, frame);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    scan->readSeconds = took.count();
    return scan;
}

void NuScenesReader::addSweeps(Scan& scan, const NuScenesFrame& frame) const {
    constexpr double kSecond = 1e-6; // per microsecond
    const auto& chain = layout_.chain;
    const NuScenesLidarScan& keyframe = chain.scans[frame.scan];
    const Pose fromWorld = rigidInverse(*frame.pose);
    std::vector<EarlierScan> earlier;
    std::vector<std::filesystem::path> missing;
    std::uint32_t index = keyframe.previous;
    for (std::size_t i = 0; i < earlierScans_ && index != NuScenesLidarScan::kNone; ++i) {
        const NuScenesLidarScan& sweep = chain.scans[index];
        index = sweep.previous;
        EarlierScan one;
        one.points.source = layout_.root / sweep.file;
        if (!isFile(one.points.source)) {
            missing.push_back(one.points.source);
            continue;
        }
        readPointFile(one.points);
        one.toLater = product(fromWorld, chain.pose(sweep));
        one.secondsBefore = kSecond * static_cast<double>(keyframe.timestamp - sweep.timestamp);
        earlier.push_back(std::move(one));
    }
    addEarlierScans(scan, earlier);
    warnOfMissingScans(scan, missing, missing.size() + earlier.size());
}

} // namespace siskin
