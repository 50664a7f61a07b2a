// SPDX-License-Identifier: MIT
// Hand-made runs for the tests of core/report: three classes, six points.
#pragma once

#include "core/report/frame_report.hpp"

#include <memory>
#include <string>
#include <vector>

namespace siskin::test {

inline std::shared_ptr<const ClassMap> threeClasses() {
    return std::make_shared<const ClassMap>(ClassMap::fromJson(
        R"({"format": "siskin-classmap-1", "name": "three", "title": "Three classes",
            "ignored": {"name": "unlabelled", "colour": [80, 80, 80], "rawIds": [0], "submissionId": 0},
            "classes": [
              {"name": "car", "colour": [100, 150, 245], "rawIds": [10, 252], "submissionId": 10},
              {"name": "road", "colour": [255, 0, 255], "rawIds": [40], "submissionId": 40},
              {"name": "bus", "colour": [75, 0, 75], "rawIds": [13, 66051], "submissionId": 66051}]})",
        "test"
    ));
}

/// Raw ids 10 252 40 40 40 0, i.e. car car road road road ignored. No point is a bus.
inline std::shared_ptr<Scan> sixPoints(bool labelled = true) {
    auto scan = std::make_shared<Scan>();
    scan->id = "00/000007";
    scan->positions = {{5, 0, 0}, {6, 1, 0}, {7, -1, 0}, {8, 2, 1}, {9, -2, 1}, {10, 0, 2}};
    scan->fields.push_back({"intensity", 1, std::vector<float>(6, 0.5F)});
    if (labelled) {
        scan->groundTruth = GroundTruth{
            .rawIds = {10, 252, 40, 40, 40, 0},
            .classIds = {0, 0, 1, 1, 1, kIgnored},
            .classMap = threeClasses()};
    }
    return scan;
}

inline Span stage(std::string name, double start, double duration) {
    Span span;
    span.name = std::move(name);
    span.start = start;
    span.duration = duration;
    return span;
}

inline RunResult
makeResult(const std::string& label, std::vector<ClassId> ids, double networkSeconds = 0.5) {
    RunResult result;
    result.model.kind = ModelKind::Spvcnn;
    result.model.label = label;
    result.model.weightsSource = "weights.pt";
    result.model.trained = true;
    result.model.parameters = 1'364'707;
    result.model.classMap = threeClasses();
    result.scanId = "00/000007";
    result.points = static_cast<std::int64_t>(ids.size());
    result.voxels = 4;
    result.prediction = {
        .model = label,
        .classIds = std::move(ids),
        .confidence = std::vector<float>(6, 0.75F),
        .classMap = result.model.classMap};
    Span network = stage("network", 0.1, networkSeconds);
    Span layer = stage("stem.0", 0.1, networkSeconds / 2);
    layer.kind = SpanKind::Convolution;
    layer.macs = 7'123'456'789;
    layer.pairs = 12'345;
    network.children.push_back(layer);
    result.trace.root = stage("frame", 0.0, 0.1 + networkSeconds);
    result.trace.root.children = {stage("read", 0.0, 0.1), network};
    result.trace.device = "cpu (test)";
    result.trace.peakMemoryBytes = 612'000'000;
    result.energy.domains.push_back(
        {"cpu-package", Estimate{14.2, 4.7, 42.6}, EnergyMethod::PerOperation, "no counter"}
    );
    return result;
}

inline GridIntensity testGrid() {
    return {
        .code = "WORLD",
        .name = "World",
        .year = 2024,
        .gramsPerKwh = {472.9, 425.6, 520.2},
        .basis = "lifecycle",
        .source = "test table"};
}

/// One run per (label, class ids).
inline FrameReport makeFrame(
    const std::vector<std::pair<std::string, std::vector<ClassId>>>& models, bool labelled = true
) {
    FrameReport frame{.scan = sixPoints(labelled), .runs = {}, .grid = testGrid()};
    for (const auto& [label, ids] : models) {
        std::vector<RunResult> repeats;
        repeats.push_back(makeResult(label, ids));
        frame.runs.push_back(makeModelRun(std::move(repeats), *frame.scan, frame.grid));
    }
    return frame;
}

/// Right, right, right, right, wrong (car instead of road), anything.
inline const std::vector<ClassId> kOneWrong{0, 0, 1, 1, 0, 2};
/// Wrong everywhere: bus.
inline const std::vector<ClassId> kAllBus{2, 2, 2, 2, 2, 2};

} // namespace siskin::test
