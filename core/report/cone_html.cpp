// SPDX-License-Identifier: MIT
// The page of cone_report.hpp.
#include "core/report/cone_report.hpp"
#include "core/report/evaluation_html.hpp"
#include "core/report/format.hpp"
#include "core/report/html_parts.hpp"
#include "core/report/svg_plot.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

namespace {

std::string tagOf(const ConeModelReport& model, std::size_t index) {
    return fmt::format(
        "<span class=\"tag {}\"><svg class=dot viewBox=\"0 0 16 16\" aria-hidden=true>{}</svg>{}"
        "</span>",
        seriesClass(index),
        svgMark(8, 8, index),
        escapeHtml(model.info.label)
    );
}

/// A figure of every bin over the range, a line per network.
template <typename Figure>
std::string chart(
    const ConeReport& report, const char* title, double unit, double floor, const Figure& figure
) {
    const std::size_t bins = report.models.front().scores.binsWithCones();
    std::vector<std::vector<std::pair<double, double>>> lines;
    double largest = floor;
    for (const auto& model : report.models) {
        auto& line = lines.emplace_back();
        for (std::size_t i = 0; i < bins; ++i) {
            if (const auto value = figure(model.scores.bins()[i])) {
                line.emplace_back(
                    ConeScores::kBinWidth * (static_cast<double>(i) + 0.5), unit * *value
                );
                largest = std::max(largest, line.back().second);
            }
        }
    }
    SvgPlot plot(
        560,
        300,
        axisFromZero(ConeScores::kBinWidth * static_cast<double>(bins), "range, m", 8),
        axisFromZero(largest, title),
        fmt::format("{} over the range", title)
    );
    for (std::size_t m = 0; m < lines.size(); ++m) {
        plot.line(lines[m], m);
        for (const auto& [x, y] : lines[m]) {
            const auto hover =
                fmt::format("{}, {:.0f} m: {:.1f}", report.models[m].info.label, x, y);
            plot.mark(x, y, m, hover);
        }
    }
    return card(escapeHtml(title), plot.svg());
}

std::string orDash(const std::optional<double>& value, const char* format, double unit = 1.0) {
    return value ? fmt::format(fmt::runtime(format), unit * *value) : "-";
}

std::string summaryTable(const ConeReport& report) {
    std::vector<std::vector<std::string>> lines{
        {"",
         "accuracy",
         "cones found",
         "range at 95 %",
         "colour",
         "false / frame",
         "centre off by",
         "ms / object (network)",
         "ms / frame",
         "J / frame, network"}};
    for (std::size_t i = 0; i < report.models.size(); ++i) {
        const auto& model = report.models[i];
        const ConeFigures f = figuresOf(report, model);
        lines.push_back(
            {tagOf(model, i),
             orDash(f.accuracy, "{:.1f} %", 100.0),
             orDash(f.recall, "{:.1f} %", 100.0),
             orDash(f.rangeAt95, "{:.0f} m"),
             orDash(f.colourAccuracy, "{:.1f} %", 100.0),
             orDash(f.falsePerFrame, "{:.2f}"),
             orDash(f.centreError, "{:.1f} cm", 100.0),
             fmt::format(
                 "{} ({})",
                 formatMilliseconds((f.preparationPerObject + f.networkPerObject) / 1e3),
                 formatMilliseconds(f.networkPerObject / 1e3)
             ),
             formatMilliseconds(f.perFrame / 1e3),
             f.joulesPerFrame ? fmt::format(
                                    "{} <span class=badge>{}</span>",
                                    escapeHtml(formatEstimate(*f.joulesPerFrame)),
                                    badge(model.method)
                                )
                              : "-"}
        );
    }
    return htmlTable(lines);
}

std::string publishedTable(const ConeReport& report) {
    std::vector<std::vector<std::string>> lines{{"network", "figure", "value", "source", "status"}};
    for (const auto& figure : report.published) {
        lines.push_back(
            {escapeHtml(figure.model),
             escapeHtml(figure.metric),
             escapeHtml(fmt::format("{} {}", figure.value, figure.unit)),
             escapeHtml(figure.source),
             fmt::format("<span class=warn>{}</span>", escapeHtml(figure.status))}
        );
    }
    return sectionHead(
               "Published by MIT Driverless",
               "Another car, another sensor, another machine: the direction compares, the numbers "
               "do not."
           ) +
           htmlTable(lines);
}

std::string charts(const ConeReport& report) {
    std::string html = sectionHead(
        "By distance",
        "Accuracy: class of the objects. Found: cones with at least one point that a detection "
        "lies near. Colour and centre: of the cones found."
    );
    html += "<div class=grid2>";
    html +=
        chart(report, "accuracy, %", 100.0, 100.0, [](const ConeBin& b) { return b.accuracy(); });
    html +=
        chart(report, "cones found, %", 100.0, 100.0, [](const ConeBin& b) { return b.recall(); });
    html += chart(report, "right colour, %", 100.0, 100.0, [](const ConeBin& b) {
        return b.colourAccuracy();
    });
    html += chart(report, "centre off by, cm", 100.0, 1.0, [](const ConeBin& b) {
        return b.meanCentreError();
    });
    return html + "</div>\n";
}

} // namespace

std::string coneHtml(const ConeReport& report, std::span<const std::byte> png) {
    std::string html = fmt::format(
        "<!doctype html>\n<html lang=en><head><meta charset=utf-8>"
        "<meta name=viewport content=\"width=device-width\"><title>{0} - Siskin cones</title>"
        "<style>{1}{2}</style></head><body>\n<p class=kicker>Siskin, cones of a race track</p>"
        "<h1>{0}</h1><p class=sub>{3}, {4} with known cones{5}</p>\n",
        escapeHtml(report.data),
        kHtmlStyle,
        kEvaluationStyle,
        formatCounted(report.frames.size(), "frame"),
        report.labelled,
        report.complete ? "" : "; interrupted, frames are missing"
    );
    for (const auto& model : report.models) {
        if (!model.info.trained) {
            html += fmt::format(
                "<p class=warn>{}: random weights, its answers mean nothing</p>",
                escapeHtml(model.info.label)
            );
        }
    }
    html += summaryTable(report);
    if (report.labelled > 0) {
        html += charts(report);
    }
    if (!png.empty()) {
        html +=
            sectionHead(
                "From above",
                "Squares: cones found, in their colour, with a red rim where there is none or "
                "another one. Crosses: cones with a point that were not found."
            ) +
            fmt::format(
                "<img alt=\"a frame with its cones, from above\" src=\"data:image/png;base64,{}\">",
                base64(png)
            );
    }
    html += report.published.empty() ? "" : publishedTable(report);
    html += sectionHead("Origin") + "<dl>";
    for (const auto& model : report.models) {
        html += htmlFact(model.info.label, model.info.weightsSource);
    }
    html += htmlFact("program", report.environment.programVersion);
    html += htmlFact("device", report.models.front().info.device);
    return html + htmlFact("command", report.environment.command) + "</dl></body></html>\n";
}

} // namespace siskin
