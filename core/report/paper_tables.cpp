// SPDX-License-Identifier: MIT
#include "core/report/format.hpp"
#include "core/report/html_parts.hpp"
#include "core/report/json_parts.hpp"
#include "core/report/paper_comparison.hpp"
#include "core/report/text_grid.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace siskin {

namespace {

using Json = nlohmann::ordered_json;
using Cells = std::vector<std::string>;

/// A table of texts that the terminal and the page share.
struct Table {
    std::string title;
    std::vector<Cells> lines; ///< the first is the head
};

std::string ratioText(const std::optional<double>& ratio) {
    return ratio ? fmt::format("{:.2f}x", *ratio) : "-";
}

/// "50.7 ms (r)".
std::string figureText(const std::optional<PublishedFigure>& figure) {
    return figure ? fmt::format(
                        "{:.4g} {} ({})", figure->value, figure->unit, figure->status.substr(0, 1)
                    )
                  : "-";
}

std::string
publishedRatio(const std::optional<double>& ratio, const std::optional<PublishedFigure>& figure) {
    return ratio && figure ? fmt::format("{:.2f}x ({})", *ratio, figure->status.substr(0, 1)) : "-";
}

std::string shareText(const std::optional<double>& share) {
    return share ? formatPercent(*share) : "-";
}

Table measuredTable(const PaperComparison& comparison) {
    Table table{fmt::format("measured here on {}, {}", comparison.scan, comparison.device), {}};
    table.lines.push_back(
        {"network",
         "weights",
         "parameters",
         "ms",
         fmt::format("ms per {}", comparison.batch),
         "tensors MB",
         "J",
         comparison.shapes ? "IoU of the shape" : "mIoU",
         "accuracy"}
    );
    for (const auto& row : comparison.rows) {
        table.lines.push_back(
            {row.name,
             row.trained ? "trained" : "untrained: cost only",
             formatCount(row.parameters),
             formatMilliseconds(row.seconds),
             formatMilliseconds(row.batchSeconds),
             row.tensorBytes > 0 ? formatMegabytes(row.tensorBytes) : "-",
             row.joules ? formatSignificant(row.joules->value) : "-",
             shareText(row.miou),
             shareText(row.accuracy)}
        );
    }
    return table;
}

Table publishedTable(const PaperComparison& comparison) {
    Table table{
        fmt::format("beside what is published for {}, relative to PVCNN", comparison.dataset), {}};
    table.lines.push_back(
        {"network",
         "time here",
         "time published",
         "latency published",
         "memory here",
         "memory published",
         "GPU memory published",
         "mIoU published",
         "accuracy published"}
    );
    for (const auto& row : comparison.rows) {
        table.lines.push_back(
            {row.name,
             ratioText(row.timeRatio),
             publishedRatio(row.publishedTimeRatio, row.publishedLatency),
             figureText(row.publishedLatency),
             ratioText(row.memoryRatio),
             publishedRatio(row.publishedMemoryRatio, row.publishedMemory),
             figureText(row.publishedMemory),
             figureText(row.publishedMiou),
             figureText(row.publishedAccuracy)}
        );
    }
    return table;
}

std::string remark(const PaperComparison& comparison) {
    return fmt::format(
        "status of a published figure: (c) confirmed at its source, (r) recalled and not checked "
        "again, (d) derived from others. Published latency and memory are of a GPU, per {}; here "
        "they are of {}. PointNet++ is published without saying which grouping. Accuracy here is "
        "of this one scan; networks that come with the program learnt from made-up scans, for a "
        "short while.",
        comparison.batch,
        comparison.device
    );
}

std::string gridText(const Table& table, std::size_t leftColumns) {
    TextGrid grid(leftColumns);
    for (std::size_t i = 0; i < table.lines.size(); ++i) {
        grid.add(table.lines[i], i == 1);
    }
    return fmt::format("\n{}\n{}", table.title, grid.text());
}

std::string gridHtml(const Table& table) {
    auto lines = table.lines;
    for (auto& line : lines) {
        std::transform(line.begin(), line.end(), line.begin(), escapeHtml);
    }
    return fmt::format("<h3>{}</h3>{}", escapeHtml(table.title), htmlTable(lines));
}

Json optionalFigure(const std::optional<PublishedFigure>& figure) {
    return figure ? figureJson(*figure) : Json(nullptr);
}

Json rowJson(const PaperRow& row) {
    return {
        {"name", row.name},
        {"weights", row.weights},
        {"trained", row.trained},
        {"parameters", row.parameters},
        {"total_s", row.seconds},
        {"batch_s", row.batchSeconds},
        {"peak_tensor_bytes", row.tensorBytes > 0 ? Json(row.tensorBytes) : Json(nullptr)},
        {"j_per_frame", optionalEstimate(row.joules)},
        {"miou", optionalNumber(row.miou)},
        {"accuracy", optionalNumber(row.accuracy)},
        {"time_over_pvcnn", optionalNumber(row.timeRatio)},
        {"memory_over_pvcnn", optionalNumber(row.memoryRatio)},
        {"published",
         {{"latency", optionalFigure(row.publishedLatency)},
          {"memory", optionalFigure(row.publishedMemory)},
          {"miou", optionalFigure(row.publishedMiou)},
          {"accuracy", optionalFigure(row.publishedAccuracy)},
          {"time_over_pvcnn", optionalNumber(row.publishedTimeRatio)},
          {"memory_over_pvcnn", optionalNumber(row.publishedMemoryRatio)}}}};
}

} // namespace

Json figureJson(const PublishedFigure& figure) {
    return {
        {"model", figure.model},
        {"metric", figure.metric},
        {"value", figure.value},
        {"unit", figure.unit},
        {"hardware", figure.hardware},
        {"source", figure.source},
        {"status", figure.status}};
}

std::string paperText(const PaperComparison& comparison) {
    constexpr std::size_t kLeft = 2; // name and weights
    return gridText(measuredTable(comparison), kLeft) + gridText(publishedTable(comparison), 1) +
           fmt::format("\n{}\n", remark(comparison));
}

std::string paperHtml(const PaperComparison& comparison) {
    return "<h2>The PVCNN paper's comparison</h2>" + gridHtml(measuredTable(comparison)) +
           gridHtml(publishedTable(comparison)) +
           fmt::format("<p class=note>{}</p>\n", escapeHtml(remark(comparison)));
}

Json paperJson(const PaperComparison& comparison) {
    Json rows = Json::array();
    for (const auto& row : comparison.rows) {
        rows.push_back(rowJson(row));
    }
    return {
        {"scan", comparison.scan},
        {"dataset", comparison.dataset},
        {"batch", comparison.batch},
        {"device", comparison.device},
        {"networks", std::move(rows)}};
}

} // namespace siskin
