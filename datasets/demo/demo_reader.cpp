// SPDX-License-Identifier: MIT
#include "datasets/demo/demo_reader.hpp"

#include "core/base/error.hpp"
#include "core/base/resources.hpp"
#include "core/scan/shape_categories.hpp"
#include "datasets/ground_truth.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

namespace siskin {

namespace {

constexpr std::array kNames = {"street", "shapes", "rooms"};
constexpr std::string_view kScheme = "demo:";
constexpr std::string_view kShapes = "shapenetpart"; // class maps that are named as benchmarks
constexpr std::string_view kRooms = "s3dis";

} // namespace

bool isDemoName(const std::filesystem::path& path) {
    return path.string().starts_with(kScheme);
}

std::unique_ptr<DatasetReader>
DemoReader::open(const std::string& name, std::shared_ptr<const ClassMap> classMap) {
    const std::string key = name.substr(kScheme.size());
    if (std::find(kNames.begin(), kNames.end(), key) == kNames.end()) {
        throw DatasetError(
            fmt::format("'{}' is not built in", name),
            fmt::format("there are demo:{}", fmt::join(kNames, ", demo:"))
        );
    }
    ScanArchive archive(resourcePath("demo") / (key + ".scans"));
    if (!classMap) {
        classMap = std::make_shared<const ClassMap>(ClassMap::fromJsonFile(
            resourcePath("classmaps") / (archive.header().classMap + ".json")
        ));
    }
    return std::make_unique<DemoReader>(std::move(archive), std::move(classMap));
}

DemoReader::DemoReader(ScanArchive archive, std::shared_ptr<const ClassMap> classMap)
    : archive_(std::move(archive)), classMap_(std::move(classMap)) {
    if (!classMap_) {
        throw ConfigError("built-in scans need a class map");
    }
    const auto& fields = archive_.header().fields;
    const bool labelled = std::any_of(fields.begin(), fields.end(), [](const ArchiveField& field) {
        return field.name == "label";
    });
    for (const auto& frame : archive_.frames()) {
        infos_.push_back({frame.id, frame.group, {}, labelled});
    }
}

std::string DemoReader::title() const {
    return fmt::format(
        "{}, {} frame{}", archive_.header().title, infos_.size(), infos_.size() == 1 ? "" : "s"
    );
}

std::string_view DemoReader::benchmark() const {
    const std::string& map = archive_.header().classMap;
    return map == kShapes ? kShapes : map == kRooms ? kRooms : "";
}

std::shared_ptr<const Scan> DemoReader::read(std::size_t index) const {
    const auto begin = std::chrono::steady_clock::now();
    if (index >= infos_.size()) {
        throw DatasetError(
            fmt::format("frame {} does not exist: there are {}", index, infos_.size())
        );
    }
    auto scan = std::make_shared<Scan>(archive_.read(index));
    if (archive_.header().classMap == kShapes) {
        scan->shapeCategory = shapeCategoryOfName(infos_[index].group);
    }
    if (scan->groundTruth) {
        auto rawIds = std::move(scan->groundTruth->rawIds);
        addGroundTruth(*scan, std::move(rawIds), classMap_, scan->id);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    scan->readSeconds = took.count();
    return scan;
}

} // namespace siskin
