// SPDX-License-Identifier: MIT
#include "datasets/track/track_reader.hpp"

#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "datasets/ground_truth.hpp"
#include "datasets/paths.hpp"
#include "datasets/point_records.hpp"
#include "datasets/semantickitti/scan_files.hpp"
#include "datasets/words.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

namespace siskin {

namespace {

/// One line of a cone file: instance kind x y z points.
std::optional<Cone> coneFrom(std::string_view line) {
    Cone cone;
    if (!parseNumber(nextWord(line), cone.instance)) {
        return std::nullopt;
    }
    const auto kind = coneKindFromName(nextWord(line));
    if (!kind || *kind == ConeKind::None) {
        return std::nullopt;
    }
    cone.kind = *kind;
    for (float& coordinate : cone.base) {
        if (!parseNumber(nextWord(line), coordinate) || !std::isfinite(coordinate)) {
            return std::nullopt;
        }
    }
    const bool whole = parseNumber(nextWord(line), cone.points) && nextWord(line).empty();
    return whole ? std::optional(cone) : std::nullopt;
}

} // namespace

TrackReader::TrackReader(
    const std::filesystem::path& path, std::shared_ptr<const ClassMap> classMap
)
    : layout_(findTrack(path)), classMap_(std::move(classMap)) {
    if (!classMap_) {
        throw ConfigError("a race track needs a class map");
    }
}

std::string TrackReader::title() const {
    const std::size_t count = layout_.frames.size();
    return fmt::format(
        "race track, {} beams, {} frame{}", layout_.beams, count, count == 1 ? "" : "s"
    );
}

const FrameInfo& TrackReader::frame(std::size_t index) const {
    if (index >= layout_.frames.size()) {
        throw DatasetError(
            fmt::format("frame {} does not exist: there are {}", index, layout_.frames.size())
        );
    }
    return layout_.frames[index];
}

std::shared_ptr<const Scan> TrackReader::read(std::size_t index) const {
    const auto begin = std::chrono::steady_clock::now();
    const FrameInfo& info = frame(index);
    auto scan = std::make_shared<Scan>();
    scan->id = info.id;
    scan->source = info.file;
    VelodynePoints points = readVelodyneFile(info.file);
    scan->positions = std::move(points.positions);
    scan->fields.push_back({"intensity", 1, std::move(points.remission)});
    if (info.hasLabels) {
        const auto labels = trackFileBeside(info.file, "labels", ".label");
        addGroundTruth(*scan, readLabelFile(labels), classMap_, labels);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    scan->readSeconds = took.count();
    return scan;
}

bool TrackReader::hasCones(std::size_t index) const {
    const FrameInfo& info = frame(index);
    return info.hasLabels && isFile(trackFileBeside(info.file, "cones", ".txt"));
}

std::vector<Cone> TrackReader::cones(std::size_t index) const {
    const auto file = trackFileBeside(frame(index).file, "cones", ".txt");
    const std::string text = readTextFile(file);
    std::string_view rest = text;
    std::vector<Cone> cones;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::string_view line = nextLine(rest);
        if (line.empty() || line.front() == '#') {
            continue;
        }
        const auto cone = coneFrom(line);
        if (!cone) {
            throw DatasetError(
                fmt::format("{}, line {}: '{}' is no cone", file.string(), number, printable(line)),
                "a line is: instance kind x y z points"
            );
        }
        cones.push_back(*cone);
    }
    return cones;
}

std::vector<std::uint32_t> TrackReader::instances(std::size_t index) const {
    const auto file = trackFileBeside(frame(index).file, "labels", ".label");
    auto labels = readRecords<std::uint32_t>(file, "label");
    for (std::uint32_t& label : labels) {
        label >>= 16U;
    }
    return labels;
}

} // namespace siskin
