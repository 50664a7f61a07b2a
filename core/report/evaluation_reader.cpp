// SPDX-License-Identifier: MIT
#include "core/report/evaluation_reader.hpp"

#include "core/base/error.hpp"
#include "core/base/json_text.hpp"
#include "core/report/evaluation_report.hpp"
#include "core/report/json_place.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace siskin {

namespace {

using Json = nlohmann::ordered_json;

constexpr auto kWanted = "a report.json that 'siskin eval' or 'siskin merge' wrote is wanted";
constexpr double kMostSeconds = 1e9;
constexpr double kMostJoules = 1e15;

/// Empty for null.
template <typename Read>
auto unlessNull(const JsonPlace& place, const Read& read) -> std::optional<decltype(read(place))> {
    return place.isNull() ? std::nullopt : std::optional(read(place));
}

double fractionFrom(const JsonPlace& place) {
    return place.number(0.0, 1.0);
}

Estimate estimateFrom(const JsonPlace& place) {
    const Estimate estimate{
        place.at("value").number(0.0, kMostJoules),
        place.at("low").number(0.0, kMostJoules),
        place.at("high").number(0.0, kMostJoules)};
    if (!(estimate.low <= estimate.value && estimate.value <= estimate.high)) {
        place.fail("is not low <= value <= high");
    }
    return estimate;
}

Figure figureFrom(const JsonPlace& place) {
    return {place.at("name").text(), place.at("title").text(), fractionFrom(place.at("value"))};
}

Latency latencyFrom(const JsonPlace& place) {
    const auto seconds = [&place](const char* key) {
        return place.at(key).number(0.0, kMostSeconds);
    };
    return {
        .p50 = seconds("p50"),
        .p90 = seconds("p90"),
        .p99 = seconds("p99"),
        .mean = seconds("mean"),
        .minimum = seconds("min"),
        .maximum = seconds("max")};
}

void readFirstRule(ReportedModel& model, const JsonPlace& rule) {
    for (const auto& figure : rule.at("figures").items()) {
        model.figures.push_back(figureFrom(figure));
    }
    for (const auto& place : rule.at("classes").items()) {
        model.classes.push_back(
            {.name = place.at("name").text(),
             .seen = place.at("seen").count(),
             .iou = unlessNull(place.at("iou"), fractionFrom)}
        );
    }
}

ReportedModel modelFrom(const JsonPlace& scores, const JsonPlace& measured) {
    ReportedModel model;
    model.label = scores.at("label").text();
    if (measured.at("label").text() != model.label) {
        measured.at("label").fail(fmt::format("is not '{}' as in scores.models", model.label));
    }
    if (const auto headline = scores.at("headline"); !headline.isNull()) {
        model.headline = figureFrom(headline);
        model.rule = headline.at("rule").text();
    }
    if (const auto rules = scores.at("rules").items(); !rules.empty()) {
        readFirstRule(model, rules.front());
    }
    if (const auto calibration = scores.at("calibration"); !calibration.isNull()) {
        model.calibrationError = fractionFrom(calibration.at("ece"));
    }
    model.latency = unlessNull(measured.at("latency_s"), latencyFrom);
    model.framesSideBySide = static_cast<int>(measured.at("frames_side_by_side").number(0, 1e6));
    model.joules = unlessNull(measured.at("j_per_frame"), estimateFrom);
    model.energyMethod = measured.at("energy_method").text();
    model.gramsPer1000 = unlessNull(measured.at("g_co2e_per_1000_frames"), estimateFrom);
    return model;
}

void readModels(ReportedEvaluation& evaluation, const JsonPlace& top) {
    const auto scores = top.at("scores").at("models");
    const auto measured = top.at("measured").at("models");
    const auto scored = scores.items();
    const auto timed = measured.items();
    if (scored.empty()) {
        scores.fail("is empty");
    }
    if (timed.size() != scored.size()) {
        measured.fail(fmt::format("has {} entries, scores.models {}", timed.size(), scored.size()));
    }
    std::set<std::string> labels;
    for (std::size_t i = 0; i < scored.size(); ++i) {
        evaluation.models.push_back(modelFrom(scored[i], timed[i]));
        if (!labels.insert(evaluation.models.back().label).second) {
            scored[i].at("label").fail(
                fmt::format("is '{}' for a second time", evaluation.models.back().label)
            );
        }
    }
}

void readData(ReportedEvaluation& evaluation, const JsonPlace& data) {
    evaluation.benchmark = data.at("benchmark").text();
    evaluation.split = data.at("split").text();
    evaluation.framesSha256 = data.at("frames_sha256").text();
    evaluation.frames = data.at("frames").count();
    evaluation.dataSha256 =
        unlessNull(data.at("sha256"), [](const JsonPlace& place) { return place.text(); });
    for (const auto& frame : data.at("failed_frames").items()) {
        evaluation.failedFrames.push_back(frame.text());
    }
}

void checkSchema(const JsonPlace& place, std::string_view schema, std::int64_t version) {
    if (place.at("schema").text() != schema) {
        place.at("schema").fail(fmt::format("is '{}', not '{}'", place.at("schema").text(), schema)
        );
    }
    if (place.at("version").count() != version) {
        place.at("version").fail(fmt::format(
            "is {}, but this program reads version {}", place.at("version").count(), version
        ));
    }
}

Json parsed(const std::string& text, const std::string& origin) {
    auto [value, trouble] = parseJson(text);
    if (!trouble.empty()) {
        throw DatasetError(fmt::format("{}: {}", origin, trouble), kWanted);
    }
    return std::move(value);
}

} // namespace

ReportedEvaluation readEvaluation(const std::string& text, const std::string& origin) {
    const Json document = parsed(text, origin);
    const JsonPlace top(document, origin);
    checkSchema(top, "siskin.eval", kEvaluationSchemaVersion);
    checkSchema(top.at("scores"), "siskin.scores", kScoresSchemaVersion);
    ReportedEvaluation evaluation;
    evaluation.origin = origin;
    evaluation.complete = top.at("complete").flag();
    readData(evaluation, top.at("scores").at("data"));
    evaluation.plan = top.at("scores").at("plan").value();
    for (const auto& session : top.at("measured").at("sessions").items()) {
        evaluation.machines.push_back(
            fmt::format("{}, {}", session.at("host").text(), session.at("device").text())
        );
    }
    std::sort(evaluation.machines.begin(), evaluation.machines.end());
    evaluation.machines.erase(
        std::unique(evaluation.machines.begin(), evaluation.machines.end()),
        evaluation.machines.end()
    );
    evaluation.threads = static_cast<int>(top.at("environment").at("threads").number(0, 1e6));
    evaluation.region = top.at("grid").at("code").text();
    readModels(evaluation, top);
    return evaluation;
}

} // namespace siskin
