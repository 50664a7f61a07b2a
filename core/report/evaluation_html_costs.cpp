// SPDX-License-Identifier: MIT
#include "core/report/evaluation_html.hpp"
#include "core/report/format.hpp"
#include "core/report/html_parts.hpp"
#include "core/report/svg_plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace siskin {

namespace {

constexpr std::array<std::string_view, 8> kStageColours{
    "#56b4e9", "#e69f00", "#009e73", "#0072b2", "#cc79a7", "#d55e00", "#f0e442", "#888888"};

/// A model in a plane of cost and accuracy.
struct Place {
    std::size_t model = 0;
    Estimate cost;         ///< of no width where there is no interval
    double accuracy = 0.0; ///< percent
};

/// The axis of percents that holds all places with some room, so that close models stay apart.
PlotAxis accuracyAxis(const std::vector<Place>& places, std::string title) {
    double low = 100.0;
    double high = 0.0;
    for (const auto& place : places) {
        low = std::min(low, place.accuracy);
        high = std::max(high, place.accuracy);
    }
    const double room = std::max(0.35 * (high - low), 2.0);
    low = std::max(0.0, std::floor(low - room));
    high = std::min(100.0, std::ceil(high + room));
    return {.low = low, .high = high, .title = std::move(title), .ticks = roundTicks(low, high)};
}

/// Labels beside their marks, moved down where two would overlap.
void labelPlaces(
    SvgPlot& plot, const std::vector<ModelFigures>& models, std::vector<Place> places
) {
    constexpr double kLineHeight = 15.0;
    std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) {
        return a.accuracy > b.accuracy;
    });
    double lowest = -1e9;
    for (const auto& place : places) {
        const double x = plot.x(place.cost.value);
        const double y = std::max(plot.y(place.accuracy) - 9.0, lowest + kLineHeight);
        lowest = y;
        const bool leftSide = x < 0.6 * plot.right();
        plot.text(
            leftSide ? x + 9 : x - 9,
            y,
            models[place.model].planned->label,
            leftSide ? "start" : "end",
            "strong"
        );
    }
}

std::string scatter(
    const std::vector<ModelFigures>& models,
    const std::vector<Place>& places,
    const std::string& costTitle,
    const std::string& accuracyTitle
) {
    double largest = 0.0;
    for (const auto& place : places) {
        largest = std::max(largest, place.cost.high);
    }
    SvgPlot plot(
        560,
        330,
        axisFromZero(1.05 * largest, costTitle),
        accuracyAxis(places, accuracyTitle),
        fmt::format("{} against {}", accuracyTitle, costTitle)
    );
    for (const auto& place : places) {
        if (place.cost.high > place.cost.low) {
            plot.segment(
                place.cost.low, place.accuracy, place.cost.high, place.accuracy, "whisker"
            );
        }
    }
    labelPlaces(plot, models, places);
    for (const auto& place : places) {
        plot.mark(
            place.cost.value,
            place.accuracy,
            place.model,
            fmt::format(
                "{}: {} {}, {:.1f} %",
                models[place.model].planned->label,
                formatSignificant(place.cost.value),
                costTitle,
                place.accuracy
            )
        );
    }
    plot.text(plot.left() + 8, plot.top() + 16, "better: up and to the left", "start");
    return plot.svg();
}

std::string latencyText(const Latency& latency) {
    return fmt::format(
        "p50 {} ms, p90 {} ms, p99 {} ms",
        formatMilliseconds(latency.p50),
        formatMilliseconds(latency.p90),
        formatMilliseconds(latency.p99)
    );
}

/// Frames per bin of latency, with the percentiles; `longest` in seconds ends every model's axis.
std::string latencyChart(const ModelFigures& model, std::size_t series, double longest) {
    constexpr std::size_t kBins = 40;
    const auto axis = axisFromZero(1e3 * longest, "latency, ms");
    std::vector<std::size_t> counts(kBins, 0);
    for (const double seconds : model.seconds) {
        const double share = 1e3 * seconds / axis.high;
        ++counts[std::min(kBins - 1, static_cast<std::size_t>(share * kBins))];
    }
    const auto most = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
    const auto frames = axisFromZero(1.25 * most, "frames", 4);
    SvgPlot plot(
        560,
        250,
        axis,
        frames,
        fmt::format("latency of {}: {}", model.planned->label, latencyText(model.latency))
    );
    const double width = axis.high / kBins;
    for (std::size_t i = 0; i < kBins; ++i) {
        const double from = width * static_cast<double>(i);
        if (counts[i] > 0) {
            plot.bar(
                from,
                from + 0.9 * width,
                0,
                static_cast<double>(counts[i]),
                "fill " + seriesClass(series),
                fmt::format("{:.1f} to {:.1f} ms: {} frames", from, from + width, counts[i])
            );
        }
    }
    double row = plot.top() + 10;
    for (const auto& [name, seconds] : std::initializer_list<std::pair<std::string_view, double>>{
             {"p50", model.latency.p50}, {"p90", model.latency.p90}, {"p99", model.latency.p99}}) {
        const double x = plot.x(1e3 * seconds);
        const bool leftSide = x < 0.8 * plot.right();
        plot.segment(1e3 * seconds, 0, 1e3 * seconds, frames.high, "pct");
        plot.text(
            leftSide ? x + 4 : x - 4,
            row,
            fmt::format("{} {}", name, formatMilliseconds(seconds)),
            leftSide ? "start" : "end",
            "strong"
        );
        row += 14;
    }
    return plot.svg();
}

std::string stageBars(const std::vector<ModelFigures>& models) {
    const auto names = stageNames(models);
    if (names.empty()) {
        return {};
    }
    double longest = 1e-12;
    for (const auto& model : models) {
        longest = std::max(longest, model.latency.mean);
    }
    std::string html;
    for (std::size_t i = 0; i < models.size(); ++i) {
        html +=
            fmt::format("<div class=bar-row><div>{}</div><div class=bar>", modelTag(models[i], i));
        for (const auto& [name, seconds] : models[i].stages) {
            const auto at = static_cast<std::size_t>(
                std::find(names.begin(), names.end(), name) - names.begin()
            );
            html += fmt::format(
                "<span style=\"width:{:.3f}%;background:{}\" title=\"{}: {} ms\"></span>",
                100.0 * seconds / longest,
                kStageColours[at % kStageColours.size()],
                escapeHtml(name),
                formatMilliseconds(seconds)
            );
        }
        html += fmt::format(
            "</div><div class=ms>{} ms</div></div>\n", formatMilliseconds(models[i].latency.mean)
        );
    }
    html += "<div class=key>";
    for (std::size_t i = 0; i < names.size(); ++i) {
        html += fmt::format(
            "<span><span class=swatch style=\"background:{}\"></span>{}</span>",
            kStageColours[i % kStageColours.size()],
            escapeHtml(names[i])
        );
    }
    return card("Mean time per stage", html + "</div>");
}

/// One bar per model with its interval; words where nothing was measured.
std::string costBars(
    const std::vector<ModelFigures>& models,
    std::optional<Estimate> ModelFigures::*figure,
    const std::string& title
) {
    double largest = 0.0;
    for (const auto& model : models) {
        const auto& cost = model.*figure;
        largest = std::max(largest, cost ? cost->high : 0.0);
    }
    const auto count = static_cast<double>(models.size());
    SvgPlot plot(
        560,
        static_cast<int>(64 + 54 * models.size()),
        axisFromZero(largest, title),
        {.low = 0, .high = count, .title = {}, .ticks = {}},
        title
    );
    for (std::size_t i = 0; i < models.size(); ++i) {
        const double at = count - static_cast<double>(i) - 0.72;
        const auto& cost = models[i].*figure;
        const auto text = cost ? formatEstimate(*cost) : std::string("not measured");
        plot.text(
            plot.left() + 4,
            plot.y(at) - 24,
            fmt::format(
                "{}: {}{}",
                models[i].planned->label,
                text,
                cost ? fmt::format(", {}", models[i].energyMethod) : ""
            ),
            "start",
            "strong"
        );
        if (cost) {
            plot.bar(0, cost->value, at - 0.1, at + 0.28, "fill " + seriesClass(i), text);
            plot.segment(cost->low, at + 0.09, cost->high, at + 0.09, "whisker");
            plot.segment(cost->low, at, cost->low, at + 0.18, "whisker");
            plot.segment(cost->high, at, cost->high, at + 0.18, "whisker");
        }
    }
    return plot.svg();
}

} // namespace

std::string tradeOffSection(const std::vector<ModelFigures>& models) {
    std::vector<Place> byLatency;
    std::vector<Place> byEnergy;
    std::string accuracyTitle;
    for (std::size_t i = 0; i < models.size(); ++i) {
        const auto& model = models[i];
        if (!model.headline) {
            continue;
        }
        accuracyTitle = model.headline->title + ", %";
        const double accuracy = 100.0 * model.headline->value;
        if (!model.seconds.empty()) {
            const double milliseconds = 1e3 * model.latency.p50;
            byLatency.push_back({i, {milliseconds, milliseconds, milliseconds}, accuracy});
        }
        if (model.joules) {
            byEnergy.push_back({i, *model.joules, accuracy});
        }
    }
    std::string html;
    if (!byLatency.empty()) {
        html += card(
            "Accuracy against latency", scatter(models, byLatency, "latency p50, ms", accuracyTitle)
        );
    }
    if (!byEnergy.empty()) {
        html += card(
            "Accuracy against energy", scatter(models, byEnergy, "J per frame", accuracyTitle)
        );
    }
    return html.empty()
               ? html
               : sectionHead("What accuracy costs") + "<div class=grid2>" + html + "</div>";
}

std::string
latencySection(const EvaluationReport& report, const std::vector<ModelFigures>& models) {
    double longest = 0.0;
    for (const auto& model : models) {
        longest = std::max(longest, model.latency.maximum);
    }
    std::string html;
    for (std::size_t i = 0; i < models.size(); ++i) {
        const auto& model = models[i];
        if (model.seconds.empty()) {
            continue;
        }
        const auto heading = fmt::format(
            "{}<span class=aside>{} frames</span>", modelTag(model, i), model.seconds.size()
        );
        std::string note;
        if (model.framesSideBySide > 1) {
            note = fmt::format(
                "<p class=note>Up to {} frames ran side by side on one thread each: a frame alone "
                "would be faster.</p>",
                model.framesSideBySide
            );
        }
        html += card(heading, latencyChart(model, i, longest) + note);
    }
    if (html.empty()) {
        return html;
    }
    const auto note = fmt::format(
        "One frame from read to labels, batch size 1; {} warm-up run(s) of every model per session "
        "came "
        "before and do not count. Percentiles are nearest-rank. The models took turns on every "
        "frame.",
        warmUpInWords(report.sessions)
    );
    return sectionHead("Latency", note) + "<div class=grid2>" + html + "</div><br>" +
           stageBars(models);
}

std::string energySection(const EvaluationReport& report, const std::vector<ModelFigures>& models) {
    std::string html = sectionHead(
        "Energy and carbon",
        "Whiskers are 95 % intervals. The badge says how a figure came to be; what was not "
        "measured "
        "is not zero."
    );
    html += "<div class=grid2>" +
            card("Energy", costBars(models, &ModelFigures::joules, "J per frame")) +
            card("Carbon", costBars(models, &ModelFigures::gramsPer1000, "gCO2e per 1000 frames")) +
            "</div>";
    for (const auto& model : models) {
        html += fmt::format(
            "<p class=note><b>{}</b>, badge {}: {}; {} of {} frames have a figure.</p>\n",
            escapeHtml(model.planned->label),
            escapeHtml(model.energyMethod),
            escapeHtml(badgeInWords(model.energyMethod)),
            model.energyFrames,
            model.seconds.size()
        );
    }
    return html + fmt::format(
                      "<p class=note>Electricity: {} {}, {} gCO2e/kWh, {}. Source: {}.</p>\n",
                      escapeHtml(report.grid.name),
                      report.grid.year,
                      formatEstimate(report.grid.gramsPerKwh),
                      escapeHtml(report.grid.basis),
                      escapeHtml(report.grid.source)
                  );
}

} // namespace siskin
