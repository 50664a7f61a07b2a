// SPDX-License-Identifier: MIT
#include "core/report/paper_comparison.hpp"

#include "core/base/error.hpp"
#include "core/energy/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace siskin {

namespace {

using Figures = std::vector<PublishedFigure>;

constexpr std::string_view kBaseline = "PVCNN";
constexpr double kBatchClouds = 8.0; ///< of the paper's latencies
constexpr double kShapePoints = 2048.0;
constexpr double kRoomPoints = 4096.0;

double numberOf(const std::string& text, std::size_t line, const std::filesystem::path& path) {
    double value = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        throw DatasetError(
            fmt::format("{}: line {}: '{}' is not a number", path.string(), line, text)
        );
    }
    return value;
}

/// What the table calls a network, what is to be preferred first.
std::vector<std::string> publishedNames(const std::string& name) {
    std::vector<std::string> names = {name + " (reproduced)", name, name + " (paper)"};
    if (name.starts_with("PointNet++")) {
        names.emplace_back("PointNet++");
    }
    return names;
}

std::size_t rankOf(const std::string& status) {
    constexpr std::array kBestFirst = {"confirmed", "derived", "recalled"};
    const auto found = std::find(kBestFirst.begin(), kBestFirst.end(), status);
    return static_cast<std::size_t>(found - kBestFirst.begin());
}

std::optional<PublishedFigure> figureOf(
    const Figures& published,
    const std::string& dataset,
    const std::string& name,
    std::string_view metric
) {
    std::optional<PublishedFigure> best;
    for (const auto& candidate : publishedNames(name)) {
        for (const auto& figure : published) {
            const bool fits =
                figure.model == candidate && figure.dataset == dataset && figure.metric == metric;
            if (fits && (!best || rankOf(figure.status) < rankOf(best->status))) {
                best = figure;
            }
        }
    }
    return best;
}

std::optional<double> ratio(double value, double base) {
    return value > 0.0 && base > 0.0 ? std::optional(value / base) : std::nullopt;
}

std::optional<double>
ratio(const std::optional<PublishedFigure>& figure, const std::optional<PublishedFigure>& base) {
    const bool same = figure && base && figure->unit == base->unit;
    return same ? ratio(figure->value, base->value) : std::nullopt;
}

PaperRow measuredRow(const ModelRun& run, std::string name, double batchPoints) {
    const auto& result = run.result;
    PaperRow row;
    row.name = std::move(name);
    row.weights = result.model.weightsSource;
    row.trained = result.model.trained;
    row.parameters = result.model.parameters;
    row.seconds = result.trace.totalSeconds();
    if (const Span* network = result.trace.stage("network");
        network != nullptr && result.voxels > 0) {
        row.batchSeconds = network->duration * batchPoints / static_cast<double>(result.voxels);
    }
    row.tensorBytes = result.peakTensorBytes;
    row.joules = result.energy.total();
    if (run.scores && result.model.trained) {
        row.miou = run.scores->miou();
        row.accuracy = run.scores->presentClasses.accuracy;
    }
    return row;
}

void addPublished(PaperRow& row, const std::string& dataset, const Figures& published) {
    const auto find = [&](std::string_view metric) {
        return figureOf(published, dataset, row.name, metric);
    };
    row.publishedLatency = find("latency");
    row.publishedMemory = find("GPU memory");
    row.publishedMiou = find("mIoU");
    row.publishedAccuracy = find("overall accuracy");
}

} // namespace

Figures readPublishedFigures(const std::filesystem::path& path) {
    const auto table = readCsvFile(path);
    const auto column = [&](std::string_view name) { return table.column(name, path); };
    Figures figures;
    for (const auto& row : table.rows) {
        const auto text = [&](std::string_view name) { return row.fields[column(name)]; };
        figures.push_back(
            {.model = text("model"),
             .dataset = text("dataset"),
             .hardware = text("hardware"),
             .metric = text("metric"),
             .value = numberOf(text("value"), row.line, path),
             .unit = text("unit"),
             .source = text("source"),
             .status = text("status")}
        );
    }
    return figures;
}

PaperComparison paperComparison(
    const FrameReport& frame, const std::vector<std::string>& names, const Figures& published
) {
    if (frame.runs.empty() || names.size() != frame.runs.size()) {
        throw ConfigError("a comparison with the paper needs one name per run");
    }
    const bool shapes = frame.runs.front().result.model.task == ModelTask::ShapeParts;
    const double points = shapes ? kShapePoints : kRoomPoints;
    PaperComparison comparison;
    comparison.scan = frame.scan->id;
    comparison.shapes = shapes;
    comparison.dataset = shapes ? "ShapeNetPart" : "S3DIS Area 5";
    comparison.batch = fmt::format("{:.0f} x {:.0f} points", kBatchClouds, points);
    comparison.device = frame.runs.front().result.trace.device;
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto row = measuredRow(frame.runs[i], names[i], kBatchClouds * points);
        addPublished(row, comparison.dataset, published);
        comparison.rows.push_back(std::move(row));
    }
    auto& rows = comparison.rows;
    const auto found = std::find_if(rows.begin(), rows.end(), [](const PaperRow& row) {
        return row.name == kBaseline;
    });
    if (found == rows.end()) {
        return comparison;
    }
    const PaperRow base = *found;
    for (auto& row : rows) {
        row.timeRatio = ratio(row.batchSeconds, base.batchSeconds);
        row.memoryRatio =
            ratio(static_cast<double>(row.tensorBytes), static_cast<double>(base.tensorBytes));
        row.publishedTimeRatio = ratio(row.publishedLatency, base.publishedLatency);
        row.publishedMemoryRatio = ratio(row.publishedMemory, base.publishedMemory);
    }
    return comparison;
}

} // namespace siskin
