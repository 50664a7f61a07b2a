// SPDX-License-Identifier: MIT
#include "core/report/cone_report.hpp"

#include "core/report/format.hpp"
#include "core/report/json_parts.hpp"
#include "core/report/text_grid.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace siskin {

namespace {

using Json = nlohmann::ordered_json;
using Cells = std::vector<std::string>;

double medianOf(std::vector<double> values) {
    if (values.empty()) {
        return 0.0;
    }
    const auto middle = values.begin() + std::ssize(values) / 2;
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

std::string percent(const std::optional<double>& value) {
    return value ? formatPercent(*value) : "-";
}

std::string number(const std::optional<double>& value, const char* format, double unit = 1.0) {
    return value ? fmt::format(fmt::runtime(format), unit * *value) : "-";
}

std::string summaryText(const ConeReport& report) {
    TextGrid grid(1);
    Cells head{""};
    std::vector<ConeFigures> figures;
    for (const auto& model : report.models) {
        head.push_back(model.info.label);
        figures.push_back(figuresOf(report, model));
    }
    grid.add(head);
    const auto row = [&](const char* name, const auto& cell, bool rule = false) {
        Cells cells{name};
        for (const auto& one : figures) {
            cells.push_back(cell(one));
        }
        grid.add(cells, rule);
    };
    using F = const ConeFigures&;
    row(
        "accuracy, all objects", [](F f) { return percent(f.accuracy); }, true
    );
    row("cones found", [](F f) { return percent(f.recall); });
    row("range at 95 % found, m", [](F f) { return number(f.rangeAt95, "{:.0f}"); });
    row("colour of found cones", [](F f) { return percent(f.colourAccuracy); });
    row("false cones per frame", [](F f) { return number(f.falsePerFrame, "{:.2f}"); });
    row("centre off by, cm", [](F f) { return number(f.centreError, "{:.1f}", 100.0); });
    const auto ms = [](double value) { return formatMilliseconds(value / 1e3); };
    row(
        "preparation per object, ms", [&](F f) { return ms(f.preparationPerObject); }, true
    );
    row("network per object, ms", [&](F f) { return ms(f.networkPerObject); });
    row("both per object, ms",
        [&](F f) { return ms(f.preparationPerObject + f.networkPerObject); });
    row("a frame, ms", [&](F f) { return ms(f.perFrame); });
    row("J per frame, network",
        [](F f) { return f.joulesPerFrame ? formatEstimate(*f.joulesPerFrame) : "-"; });
    return grid.text();
}

/// What columns are called: the kinds, unless two networks are of one kind.
Cells columnNames(const ConeReport& report) {
    Cells kinds, labels;
    for (const auto& model : report.models) {
        kinds.emplace_back(titleOf(model.info.kind));
        labels.push_back(model.info.label);
    }
    return std::set(kinds.begin(), kinds.end()).size() == kinds.size() ? kinds : labels;
}

std::string rangeText(const ConeReport& report) {
    TextGrid grid(1);
    Cells head{"range, m", "objects", "cones"};
    for (const auto& name : columnNames(report)) {
        for (const char* what : {"right", "found", "colour", "cm"}) {
            head.push_back(fmt::format("{} {}", name, what));
        }
    }
    grid.add(head);
    const auto& first = report.models.front().scores;
    for (std::size_t i = 0; i < first.binsWithCones(); ++i) {
        Cells cells{
            fmt::format(
                "{:.0f} - {:.0f}",
                ConeScores::kBinWidth * static_cast<double>(i),
                ConeScores::kBinWidth * static_cast<double>(i + 1)
            ),
            fmt::format("{}", first.bins()[i].candidates),
            fmt::format("{}", first.bins()[i].cones)};
        for (const auto& model : report.models) {
            const ConeBin& bin = model.scores.bins()[i];
            cells.push_back(percent(bin.accuracy()));
            cells.push_back(percent(bin.recall()));
            cells.push_back(percent(bin.colourAccuracy()));
            cells.push_back(number(bin.meanCentreError(), "{:.1f}", 100.0));
        }
        grid.add(cells, i == 0);
    }
    return grid.text();
}

std::string publishedText(const ConeReport& report) {
    TextGrid grid(3);
    grid.add({"published by MIT Driverless", "what", "status", "value"});
    bool first = true;
    for (const auto& figure : report.published) {
        grid.add(
            {figure.model,
             figure.metric,
             fmt::format("{}, {}", figure.source, figure.status),
             fmt::format("{} {}", figure.value, figure.unit)},
            first
        );
        first = false;
    }
    return grid.text();
}

Json binJson(const ConeBin& bin, std::size_t index) {
    return {
        {"from_m", ConeScores::kBinWidth * static_cast<double>(index)},
        {"to_m", ConeScores::kBinWidth * static_cast<double>(index + 1)},
        {"objects", bin.candidates},
        {"right", bin.rightClass},
        {"cones", bin.cones},
        {"hidden", bin.hidden},
        {"found", bin.found},
        {"right_colour", bin.rightColour},
        {"false_cones", bin.falseCones},
        {"accuracy", optionalNumber(bin.accuracy())},
        {"recall", optionalNumber(bin.recall())},
        {"colour_accuracy", optionalNumber(bin.colourAccuracy())},
        {"centre_error_m", optionalNumber(bin.meanCentreError())}};
}

Json modelJson(const ConeReport& report, const ConeModelReport& model) {
    const ConeFigures figures = figuresOf(report, model);
    Json json{
        {"label", model.info.label},
        {"kind", toString(model.info.kind)},
        {"weights", model.info.weightsSource},
        {"trained", model.info.trained},
        {"parameters", model.info.parameters},
        {"device", model.info.device},
        {"detections", model.detections},
        {"accuracy", optionalNumber(figures.accuracy)},
        {"colour_accuracy", optionalNumber(figures.colourAccuracy)},
        {"recall", optionalNumber(figures.recall)},
        {"range_at_95_recall_m", optionalNumber(figures.rangeAt95)},
        {"false_cones_per_frame", optionalNumber(figures.falsePerFrame)},
        {"centre_error_m", optionalNumber(figures.centreError)},
        {"preparation_ms_per_object", figures.preparationPerObject},
        {"network_ms_per_object", figures.networkPerObject},
        {"ms_per_frame", figures.perFrame},
        {"joules_per_frame", optionalEstimate(figures.joulesPerFrame)},
        {"energy_method", badge(model.method)}};
    Json bins = Json::array();
    for (std::size_t i = 0; i < model.scores.bins().size(); ++i) {
        bins.push_back(binJson(model.scores.bins()[i], i));
    }
    json["by_range"] = std::move(bins);
    return json;
}

} // namespace

ConeFigures figuresOf(const ConeReport& report, const ConeModelReport& model) {
    ConeFigures figures;
    const ConeBin total = model.scores.total();
    figures.accuracy = total.accuracy();
    figures.colourAccuracy = total.colourAccuracy();
    figures.recall = total.recall();
    figures.centreError = total.meanCentreError();
    if (report.labelled > 0) {
        figures.falsePerFrame =
            static_cast<double>(total.falseCones) / static_cast<double>(report.labelled);
        constexpr double kReliable = 0.95;
        figures.rangeAt95 = model.scores.rangeAtRecall(kReliable);
    }
    std::vector<double> preparation, network, together;
    for (std::size_t i = 0; i < report.frames.size(); ++i) {
        const ConeFrameTimes& times = report.frames[i];
        together.push_back(1e3 * (times.preparation() + model.seconds[i]));
        if (times.objects > 0) {
            const auto objects = static_cast<double>(times.objects);
            preparation.push_back(1e3 * times.preparation() / objects);
            network.push_back(1e3 * model.seconds[i] / objects);
        }
    }
    figures.preparationPerObject = medianOf(preparation);
    figures.networkPerObject = medianOf(network);
    figures.perFrame = medianOf(together);
    if (!model.joules.empty()) {
        Estimate sum;
        for (const Estimate& joules : model.joules) {
            sum = {sum.value + joules.value, sum.low + joules.low, sum.high + joules.high};
        }
        figures.joulesPerFrame = scaled(sum, 1.0 / static_cast<double>(model.joules.size()));
    }
    return figures;
}

std::string coneText(const ConeReport& report) {
    std::size_t objects = 0;
    for (const ConeFrameTimes& frame : report.frames) {
        objects += frame.objects;
    }
    std::string text = fmt::format(
        "{}: {} in {}, {} with known cones{}\n\n{}",
        report.data,
        formatCounted(objects, "object"),
        formatCounted(report.frames.size(), "frame"),
        report.labelled,
        report.complete ? "" : "; interrupted, frames are missing",
        summaryText(report)
    );
    for (const auto& model : report.models) {
        if (!model.info.trained) {
            text += fmt::format("{}: random weights, its answers mean nothing\n", model.info.label);
        }
    }
    if (report.labelled > 0) {
        const ConeBin total = report.models.front().scores.total();
        text += fmt::format(
            "\n{}\n{} without a point: not counted; {} with a single one, too few for an object.\n"
            "right: class of the objects; found: cones with a point that a detection lies within "
            "{} "
            "m of.\n",
            rangeText(report),
            formatCounted(total.hidden, "cone"),
            report.seenOnce,
            ConeScores::kMatchDistance
        );
    }
    if (!report.published.empty()) {
        text += fmt::format("\n{}", publishedText(report));
    }
    return text;
}

Json coneJson(const ConeReport& report) {
    Json frames = Json::array();
    for (const ConeFrameTimes& frame : report.frames) {
        frames.push_back(
            {{"objects", frame.objects},
             {"ground_ms", 1e3 * frame.ground},
             {"clusters_ms", 1e3 * frame.clusters},
             {"clouds_ms", 1e3 * frame.clouds}}
        );
    }
    Json models = Json::array();
    for (const auto& model : report.models) {
        models.push_back(modelJson(report, model));
    }
    Json published = Json::array();
    for (const auto& figure : report.published) {
        published.push_back(figureJson(figure));
    }
    return {
        {"schema", "siskin.cones"},
        {"version", kConeSchemaVersion},
        {"complete", report.complete},
        {"data", report.data},
        {"labelled_frames", report.labelled},
        {"cones_with_one_point", report.seenOnce},
        {"models", std::move(models)},
        {"frames", std::move(frames)},
        {"published", std::move(published)},
        {"environment", environmentJson(report.environment)}};
}

} // namespace siskin
