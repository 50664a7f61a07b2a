// SPDX-License-Identifier: MIT
#include "core/benchmark/record_json.hpp"
#include "core/report/evaluation_figures.hpp"
#include "core/report/json_parts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace siskin {

namespace {

using Json = nlohmann::ordered_json;

Json figureJson(const Figure& figure) {
    return {{"name", figure.name}, {"title", figure.title}, {"value", figure.value}};
}

Json classesJson(const RuleScores& scores) {
    Json classes = Json::array();
    for (std::size_t i = 0; i < scores.confusion.classes(); ++i) {
        const auto id = static_cast<ClassId>(i);
        classes.push_back(
            {{"id", i},
             {"name", scores.rule.classMap->info(id).name},
             {"seen", scores.confusion.seen(id)},
             {"predicted", scores.confusion.positive(id)},
             {"correct", scores.confusion.correct(id)},
             {"iou", optionalNumber(scores.iou.perClass.at(i))}}
        );
    }
    return classes;
}

/// Rows are ground truth, columns predictions; the last column is "no class".
Json confusionJson(const Confusion& confusion) {
    Json rows = Json::array();
    for (std::size_t truth = 0; truth < confusion.classes(); ++truth) {
        Json row = Json::array();
        for (std::size_t predicted = 0; predicted <= confusion.classes(); ++predicted) {
            row.push_back(
                confusion.count(static_cast<ClassId>(truth), static_cast<ClassId>(predicted))
            );
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

Json ruleJson(const RuleScores& scores) {
    Json figures = Json::array();
    for (const auto& figure : scores.figures) {
        figures.push_back(figureJson(figure));
    }
    return {
        {"name", scores.rule.name},
        {"title", scores.rule.title},
        {"class_map", scores.rule.classMap->name()},
        {"absent_classes", nameOf(scores.rule.absent)},
        {"absent_classes_text", absentInWords(scores.rule)},
        {"figures", std::move(figures)},
        {"classes", classesJson(scores)},
        {"confusion", confusionJson(scores.confusion)}};
}

Json shapesJson(const ShapeScores& shapes) {
    Json categories = Json::array();
    for (const auto& category : shapes.categories) {
        categories.push_back(
            {{"name", category.name}, {"shapes", category.shapes}, {"miou", category.meanIou}}
        );
    }
    return {
        {"instance_miou", shapes.instanceMeanIou},
        {"class_miou", shapes.classMeanIou},
        {"categories", std::move(categories)}};
}

/// Null where a bin has no lower end.
Json boundJson(double bound) {
    return std::isfinite(bound) ? Json(bound) : Json(nullptr);
}

Json binJson(const StratifiedCounts& counts, std::size_t bin) {
    Json seen = Json::array();
    Json predicted = Json::array();
    Json correct = Json::array();
    for (std::size_t id = 0; id < counts.classes(); ++id) {
        seen.push_back(counts.at(bin, id).seen);
        predicted.push_back(counts.at(bin, id).positive);
        correct.push_back(counts.at(bin, id).correct);
    }
    return {
        {"title", binTitle(counts.stratum(), bin)},
        {"from", boundJson(binsOf(counts.stratum())[bin])},
        {"points", counts.scoredPoints(bin)},
        {"miou", optionalNumber(counts.meanIou(bin))},
        {"seen", std::move(seen)},
        {"predicted", std::move(predicted)},
        {"correct", std::move(correct)}};
}

Json strataJson(const std::vector<StratifiedCounts>& strata) {
    Json all = Json::array();
    for (const auto& counts : strata) {
        Json bins = Json::array();
        for (std::size_t bin = 0; bin < counts.bins(); ++bin) {
            bins.push_back(binJson(counts, bin));
        }
        all.push_back(
            {{"by", toString(counts.stratum())},
             {"unit", unitOf(counts.stratum())},
             {"bins", std::move(bins)}}
        );
    }
    return all;
}

Json calibrationJson(const Calibration& calibration) {
    Json bins = Json::array();
    for (std::size_t i = 0; i < Calibration::kBins; ++i) {
        const auto& bin = calibration.bins()[i];
        const auto share = [&bin](double part) {
            return bin.points == 0 ? Json(nullptr) : Json(part / static_cast<double>(bin.points));
        };
        bins.push_back(
            {{"from", static_cast<double>(i) / Calibration::kBins},
             {"points", bin.points},
             {"correct", bin.correct},
             {"accuracy", share(static_cast<double>(bin.correct))},
             {"mean_confidence", share(static_cast<double>(bin.confidence) * Calibration::kUnit)}}
        );
    }
    return {
        {"points", calibration.points()},
        {"ece", calibration.expectedError()},
        {"bins", std::move(bins)}};
}

Json modelScores(const PlannedModel& model, const ModelTotals& totals) {
    Json headline = nullptr;
    if (const auto figure = headlineOf(totals)) {
        headline = figureJson(*figure);
        headline["rule"] = model.rules.front().name;
    }
    Json rules = Json::array();
    for (const auto& rule : totals.rules) {
        rules.push_back(ruleJson(rule));
    }
    return {
        {"label", model.label},
        {"trained", model.trained},
        {"parameters", model.parameters},
        {"headline", std::move(headline)},
        {"rules", std::move(rules)},
        {"shapes", totals.shapes ? shapesJson(*totals.shapes) : Json(nullptr)},
        {"strata", strataJson(totals.strata)},
        {"calibration", totals.calibration ? calibrationJson(*totals.calibration) : Json(nullptr)}};
}

Json dataJson(const EvaluationSummary& summary) {
    const auto& plan = summary.plan();
    Json failed = Json::array();
    for (const auto& failure : summary.failures()) {
        failed.push_back(failure.frame);
    }
    const std::string hash = summary.dataSha256();
    return {
        {"benchmark", plan.benchmark},
        {"split", plan.split},
        {"earlier_scans", plan.earlierScans},
        {"planned_frames", plan.frames},
        {"frames", summary.rows().size()},
        {"labelled_frames", summary.labelledFrames()},
        {"failed_frames", std::move(failed)},
        {"frames_sha256", plan.framesSha256},
        {"sha256", hash.empty() ? Json(nullptr) : Json(hash)}};
}

Json latencyJson(const Latency& latency) {
    return {
        {"p50", latency.p50},
        {"p90", latency.p90},
        {"p99", latency.p99},
        {"mean", latency.mean},
        {"min", latency.minimum},
        {"max", latency.maximum}};
}

Json measuredJson(const ModelFigures& model) {
    Json stages = Json::array();
    for (const auto& [name, seconds] : model.stages) {
        stages.push_back({{"name", name}, {"mean_s", seconds}});
    }
    return {
        {"label", model.planned->label},
        {"timed_frames", model.seconds.size()},
        {"latency_s", model.seconds.empty() ? Json(nullptr) : latencyJson(model.latency)},
        {"frames_side_by_side", model.framesSideBySide},
        {"stages", std::move(stages)},
        {"j_per_frame", optionalEstimate(model.joules)},
        {"energy_frames", model.energyFrames},
        {"energy_method", model.energyMethod},
        {"energy_method_text", badgeInWords(model.energyMethod)},
        {"g_co2e_per_1000_frames", optionalEstimate(model.gramsPer1000)}};
}

Json sessionJson(const EvaluationSession& session) {
    Json json = toJson(session);
    json["shard"] = {{"index", session.shard.index}, {"count", session.shard.count}};
    return json;
}

/// What every session did at least; null without sessions.
Json warmUpRuns(const std::vector<EvaluationSession>& sessions) {
    const auto least =
        std::min_element(sessions.begin(), sessions.end(), [](const auto& a, const auto& b) {
            return a.warmUpRuns < b.warmUpRuns;
        });
    return least == sessions.end() ? Json(nullptr) : Json(least->warmUpRuns);
}

Json measurementsJson(const EvaluationReport& report) {
    Json models = Json::array();
    for (const auto& model : modelFigures(report)) {
        models.push_back(measuredJson(model));
    }
    Json sessions = Json::array();
    for (const auto& session : report.sessions) {
        sessions.push_back(sessionJson(session));
    }
    return {
        {"batch_size", 1},
        {"warm_up_runs", warmUpRuns(report.sessions)},
        {"models", std::move(models)},
        {"sessions", std::move(sessions)}};
}

} // namespace

Json scoresDocument(const EvaluationSummary& summary) {
    const auto& plan = summary.plan();
    Json models = Json::array();
    for (std::size_t i = 0; i < plan.models.size(); ++i) {
        models.push_back(modelScores(plan.models[i], summary.totals(i)));
    }
    return {
        {"schema", "siskin.scores"},
        {"version", kScoresSchemaVersion},
        {"plan", identityOf(plan)},
        {"data", dataJson(summary)},
        {"models", std::move(models)}};
}

Json evaluationDocument(const EvaluationReport& report) {
    const auto& plan = report.summary.plan();
    Json failures = Json::array();
    for (const auto& failure : report.summary.failures()) {
        failures.push_back(
            {{"position", failure.position}, {"frame", failure.frame}, {"message", failure.message}}
        );
    }
    Json weights = Json::array();
    for (const auto& model : plan.models) {
        weights.push_back(
            {{"label", model.label},
             {"kind", model.kind},
             {"weights", model.weights},
             {"weights_sha256", model.weightsSha256},
             {"config_sha256", model.configSha256},
             {"precision", model.precision},
             {"voxel_size_m", model.voxelSize > 0.0 ? Json(model.voxelSize) : Json(nullptr)}}
        );
    }
    return {
        {"schema", "siskin.eval"},
        {"version", kEvaluationSchemaVersion},
        {"complete", report.complete},
        {"source", {{"dataset", plan.dataset}, {"root", plan.root}, {"models", weights}}},
        {"scores", scoresDocument(report.summary)},
        {"measured", measurementsJson(report)},
        {"failures", std::move(failures)},
        {"environment", environmentJson(report.environment)},
        {"grid", gridJson(report.grid)}};
}

} // namespace siskin
