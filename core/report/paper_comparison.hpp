// SPDX-License-Identifier: MIT
// What the PVCNN paper claims, beside what was measured here on one shape or room: plain values for
// the terminal, the page and the workbench.
#pragma once

#include "core/report/frame_report.hpp"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace siskin {

/// A figure that somebody published: a row of resources/published_results.csv.
struct PublishedFigure {
    std::string model;    ///< "PVCNN 0.25xC"
    std::string dataset;  ///< "ShapeNetPart" or "S3DIS Area 5"
    std::string hardware; ///< empty for scores
    std::string metric;   ///< "latency", "GPU memory", "mIoU", "overall accuracy" ...
    double value = 0.0;
    std::string unit;
    std::string source;
    /// How sure the row is: "confirmed" (read at its source), "recalled" (from memory, not checked
    /// again), "derived" (worked out from others) or "not confirmed".
    std::string status;
};

/// Throws `EnergyError` (a malformed table) or `DatasetError`.
std::vector<PublishedFigure> readPublishedFigures(const std::filesystem::path& path);

/// One network: measured here, published there.
struct PaperRow {
    std::string name; ///< as in the paper's tables
    std::string weights;
    bool trained = false;
    std::int64_t parameters = 0;
    double seconds = 0.0; ///< the whole input, median run
    /// The network alone, for as many points as the paper's batch has.
    double batchSeconds = 0.0;
    std::int64_t tensorBytes = 0;      ///< 0 = not measured
    std::optional<Estimate> joules;    ///< for the whole input
    std::optional<double> miou;        ///< 0..1; empty without training or labels
    std::optional<double> accuracy;    ///< 0..1
    std::optional<double> timeRatio;   ///< batchSeconds over PVCNN's
    std::optional<double> memoryRatio; ///< tensorBytes over PVCNN's
    std::optional<PublishedFigure> publishedLatency;
    std::optional<PublishedFigure> publishedMemory;
    std::optional<PublishedFigure> publishedMiou;
    std::optional<PublishedFigure> publishedAccuracy;
    std::optional<double> publishedTimeRatio;   ///< over PVCNN's
    std::optional<double> publishedMemoryRatio; ///< over PVCNN's
};

struct PaperComparison {
    std::string scan;    ///< id
    bool shapes = false; ///< else rooms
    std::string dataset; ///< of the published figures
    std::string batch;   ///< of the paper's latencies, e.g. "8 x 2048 points"
    std::string device;
    std::vector<PaperRow> rows; ///< as the runs
};

/// `names` (as `PaperModel::name`) belong to `frame.runs`, all of networks on clouds for one task.
/// A published figure is the row of that network whose status is best, among equals the one that
/// the authors of PVCNN reproduced; PointNet++'s latency and memory are published once, for an
/// unstated grouping, and stand beside both.
PaperComparison paperComparison(
    const FrameReport& frame,
    const std::vector<std::string>& names,
    const std::vector<PublishedFigure>& published
);

/// All of it but the data set.
nlohmann::ordered_json figureJson(const PublishedFigure& figure);

/// Two tables and what the marks mean; ends with a newline.
std::string paperText(const PaperComparison& comparison);
/// A section of a page.
std::string paperHtml(const PaperComparison& comparison);
nlohmann::ordered_json paperJson(const PaperComparison& comparison);

} // namespace siskin
