// SPDX-License-Identifier: MIT
#include "core/report/evaluation_html.hpp"
#include "core/report/format.hpp"
#include "core/report/html_parts.hpp"
#include "core/report/svg_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace siskin {

namespace {

double shareOf(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// One cell of a confusion matrix; the share of its row decides the shade.
std::string heatCell(const RuleScores& scores, std::size_t truth, std::size_t predicted) {
    const auto& map = *scores.rule.classMap;
    const auto points =
        scores.confusion.count(static_cast<ClassId>(truth), static_cast<ClassId>(predicted));
    const double share = shareOf(points, scores.confusion.seen(static_cast<ClassId>(truth)));
    const bool hit = truth == predicted;
    const std::string name = predicted < map.size() ? map.info(static_cast<ClassId>(predicted)).name
                                                    : std::string("no class");
    return fmt::format(
        "<td class=\"{}\" style=\"--p:{:.3f}\" title=\"{} predicted as {}: {} points, {} of the "
        "class\">"
        "{}</td>",
        points == 0 ? "none" : (hit ? "hit" : ""),
        0.85 * std::sqrt(share),
        escapeHtml(map.info(static_cast<ClassId>(truth)).name),
        escapeHtml(name),
        formatCount(points),
        formatPercent(share),
        share >= 0.005 ? fmt::format("{:.0f}", 100.0 * share) : ""
    );
}

std::string heatMap(const RuleScores& scores) {
    const auto& map = *scores.rule.classMap;
    std::string html = "<div class=scroll><table class=heat><thead><tr><th></th>";
    for (const auto& info : map.classes()) {
        html += fmt::format("<th scope=col><span>{}</span></th>", escapeHtml(info.name));
    }
    html += "<th scope=col><span>no class</span></th></tr></thead><tbody>\n";
    for (std::size_t truth = 0; truth < map.size(); ++truth) {
        html += fmt::format(
            "<tr><th scope=row>{}</th>", escapeHtml(map.info(static_cast<ClassId>(truth)).name)
        );
        for (std::size_t predicted = 0; predicted <= map.size(); ++predicted) {
            html += heatCell(scores, truth, predicted);
        }
        html += "</tr>\n";
    }
    return html + "</tbody></table></div>";
}

/// "10 to 20" as short as a tick must be: "10-20", "<0.25", "50+".
std::string tickOf(Stratum stratum, std::size_t bin) {
    std::string title = binTitle(stratum, bin);
    for (const auto& [words, sign] :
         std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {" to ", "-"}, {"below ", "<"}, {" and more", "+"}}) {
        if (const auto at = title.find(words); at != std::string::npos) {
            title.replace(at, words.size(), sign);
        }
    }
    return title;
}

/// Mean IoU of every model in the bins of one stratum; grey bars are the share of the points.
std::string stratumChart(
    const std::vector<ModelFigures>& models,
    const std::vector<std::size_t>& shown,
    std::size_t stratum
) {
    const auto& first = models[shown.front()].totals.strata[stratum];
    PlotAxis across{
        .low = -0.5,
        .high = static_cast<double>(first.bins()) - 0.5,
        .title = std::string(unitOf(first.stratum())),
        .ticks = {}};
    std::int64_t total = 0;
    for (std::size_t bin = 0; bin < first.bins(); ++bin) {
        across.ticks.emplace_back(static_cast<double>(bin), tickOf(first.stratum(), bin));
        total += first.scoredPoints(bin);
    }
    SvgPlot plot(
        430,
        270,
        across,
        {.low = 0, .high = 100, .title = "mIoU, %", .ticks = roundTicks(0, 100)},
        fmt::format("mean IoU by {}", toString(first.stratum()))
    );
    for (std::size_t bin = 0; bin < first.bins(); ++bin) {
        const double share = shareOf(first.scoredPoints(bin), total);
        const auto at = static_cast<double>(bin);
        plot.bar(
            at - 0.35,
            at + 0.35,
            0,
            100 * share,
            "soft",
            fmt::format("{} of the points", formatPercent(share))
        );
    }
    for (const std::size_t i : shown) {
        const auto& counts = models[i].totals.strata[stratum];
        std::vector<std::pair<double, double>> points;
        for (std::size_t bin = 0; bin < counts.bins(); ++bin) {
            if (const auto mean = counts.meanIou(bin)) {
                points.emplace_back(static_cast<double>(bin), 100.0 * *mean);
            }
        }
        plot.line(points, i);
        for (const auto& [x, y] : points) {
            plot.mark(x, y, i, fmt::format("{}: {:.1f} %", models[i].planned->label, y));
        }
    }
    return plot.svg();
}

std::string reliabilityChart(const ModelFigures& model, std::size_t series) {
    const auto& calibration = *model.totals.calibration;
    const PlotAxis percent{
        .low = 0, .high = 100, .title = "confidence, %", .ticks = roundTicks(0, 100)};
    PlotAxis right = percent;
    right.title = "right, %";
    SvgPlot plot(430, 300, percent, right, fmt::format("reliability of {}", model.planned->label));
    constexpr double kWidth = 100.0 / Calibration::kBins;
    for (std::size_t i = 0; i < Calibration::kBins; ++i) {
        const auto& bin = calibration.bins()[i];
        if (bin.points == 0) {
            continue;
        }
        const double accuracy = 100.0 * shareOf(bin.correct, bin.points);
        const double from = kWidth * static_cast<double>(i);
        const double confidence = 100.0 * Calibration::kUnit * shareOf(bin.confidence, bin.points);
        const auto hover = fmt::format(
            "{} points, mean confidence {:.1f} %, right {:.1f} %",
            formatCount(bin.points),
            confidence,
            accuracy
        );
        const std::string style = seriesClass(series);
        const double both = std::min(accuracy, confidence);
        plot.bar(from + 0.4, from + kWidth - 0.4, 0, both, "fill " + style, hover);
        plot.bar(
            from + 0.4,
            from + kWidth - 0.4,
            both,
            std::max(accuracy, confidence),
            "gap " + style,
            hover
        );
        plot.segment(from, accuracy, from + kWidth, accuracy, "whisker");
    }
    plot.segment(0, 0, 100, 100, "ideal");
    return plot.svg();
}

} // namespace

std::string confusionSection(const std::vector<ModelFigures>& models) {
    std::string html;
    for (std::size_t i = 0; i < models.size(); ++i) {
        if (!models[i].totals.rules.empty()) {
            html += card(modelTag(models[i], i), heatMap(models[i].totals.rules.front()));
        }
    }
    return html.empty()
               ? html
               : sectionHead(
                     "What is taken for what",
                     "Rows are ground truth, columns predictions; numbers are percent of the "
                     "row. Framed cells on the diagonal are right. Point at a cell for counts."
                 ) + "<div class=grid2>" +
                     html + "</div>";
}

std::string strataSection(const std::vector<ModelFigures>& models) {
    const auto shown = comparableModels(models);
    if (shown.empty() || models[shown.front()].totals.strata.empty()) {
        return {};
    }
    std::string html = sectionHead(
        "Where it works",
        "Mean IoU over the classes that occur in the bin's ground truth. Grey bars: the bin's "
        "share of "
        "the labelled points."
    );
    html += "<p class=key>";
    for (const std::size_t i : shown) {
        html += modelTag(models[i], i);
    }
    html += "</p><div class=grid3>";
    const auto& strata = models[shown.front()].totals.strata;
    for (std::size_t s = 0; s < strata.size(); ++s) {
        html += card(
            fmt::format("by {}", toString(strata[s].stratum())), stratumChart(models, shown, s)
        );
    }
    return html + "</div>";
}

std::string calibrationSection(const std::vector<ModelFigures>& models) {
    std::string html;
    for (std::size_t i = 0; i < models.size(); ++i) {
        const auto& calibration = models[i].totals.calibration;
        if (calibration && calibration->points() > 0) {
            html += card(
                fmt::format(
                    "{}<span class=aside>ECE {:.2f} %</span>",
                    modelTag(models[i], i),
                    100.0 * calibration->expectedError()
                ),
                reliabilityChart(models[i], i)
            );
        }
    }
    return html.empty()
               ? html
               : sectionHead(
                     "Can its confidence be believed?",
                     "A line across a bar shows how often points of a confidence are right, "
                     "the pale part the gap to their mean confidence; on the dashed line both "
                     "agree. "
                     "ECE: expected calibration error, fifteen bins (Guo et al., 2017)."
                 ) + "<div class=grid4>" +
                     html + "</div>";
}

} // namespace siskin
