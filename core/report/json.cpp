// SPDX-License-Identifier: MIT
#include "core/report/json.hpp"

#include "core/report/json_parts.hpp"
#include "core/report/precision_cost.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace siskin {

namespace {

using Json = nlohmann::ordered_json;

Json spanJson(const Span& span, int levels) {
    Json json{
        {"name", span.name},
        {"kind", toString(span.kind)},
        {"start_s", span.start},
        {"duration_s", span.duration},
        {"macs", sumMacs(span)},
        {"bytes", sumBytes(span)},
        {"pairs", sumPairs(span)},
        {"rows_in", span.rowsIn},
        {"rows_out", span.rowsOut},
        {"channels_in", span.channelsIn},
        {"channels_out", span.channelsOut}};
    if (levels > 0 && !span.children.empty()) {
        Json children = Json::array();
        for (const auto& child : span.children) {
            children.push_back(spanJson(child, levels - 1));
        }
        json["children"] = std::move(children);
    }
    return json;
}

Json stagesJson(const Trace& trace, bool layers) {
    constexpr int kAllLevels = 64;
    Json stages = Json::array();
    for (const auto& stage : trace.root.children) {
        stages.push_back(spanJson(stage, layers ? kAllLevels : 0));
    }
    return stages;
}

Json modelJson(const ModelInfo& model) {
    const auto ofNetwork = [&model](Json value) { return model.kind ? value : Json(nullptr); };
    return {
        {"kind", kindName(model)},
        {"label", model.label},
        {"weights", model.weightsSource},
        {"trained", model.trained},
        {"parameters", ofNetwork(model.parameters)},
        {"voxel_size_m", model.voxelSize > 0.0 ? Json(model.voxelSize) : Json(nullptr)},
        {"precision", ofNetwork(toString(model.precision))},
        {"class_map", model.classMap->name()},
        {"device", model.device}};
}

Json energyJson(const Energy& energy) {
    Json domains = Json::array();
    for (const auto& domain : energy.domains) {
        domains.push_back(
            {{"domain", domain.domain},
             {"joules", optionalEstimate(domain.joules)},
             {"method", badge(domain.method)},
             {"method_text", description(domain.method)},
             {"reason", domain.reason}}
        );
    }
    return {
        {"j_per_frame", optionalEstimate(energy.total())},
        {"method", badge(energy.method())},
        {"method_text", description(energy.method())},
        {"domains", std::move(domains)}};
}

Json ruleJson(const IouScores& scores) {
    Json perClass = Json::array();
    for (const auto& iou : scores.perClass) {
        perClass.push_back(optionalNumber(iou));
    }
    return {{"miou", scores.mean}, {"iou", std::move(perClass)}};
}

Json scoresJson(const Scores& scores, const ClassMap& classMap) {
    Json classes = Json::array();
    for (std::size_t i = 0; i < scores.confusion.classes(); ++i) {
        const auto id = static_cast<ClassId>(i);
        classes.push_back(
            {{"id", i},
             {"name", classMap.info(id).name},
             {"truth_points", scores.confusion.seen(id)},
             {"predicted_points", scores.confusion.positive(id)},
             {"correct_points", scores.confusion.correct(id)}}
        );
    }
    return {
        {"scored_points", scores.confusion.scoredPoints()},
        {"accuracy", scores.presentClasses.accuracy},
        {"shape_iou", optionalNumber(scores.shapeIou)},
        {"absent_skipped", ruleJson(scores.presentClasses)},
        {"absent_is_one", ruleJson(scores.absentIsOne)},
        {"absent_is_zero", ruleJson(scores.absentIsZero)},
        {"classes", std::move(classes)}};
}

Json precisionCostJson(const std::optional<PrecisionCost>& cost) {
    return cost ? Json{{"speedup", cost->speedup}, {"equal_labels", cost->equalLabels}}
                : Json(nullptr);
}

Json runJson(const FrameReport& frame, const ModelRun& run, const JsonOptions& options) {
    const auto& result = run.result;
    return {
        {"model", modelJson(result.model)},
        {"points", result.points},
        {"voxels", result.model.kind ? Json(result.voxels) : Json(nullptr)},
        {"total_s", result.trace.totalSeconds()},
        {"repeats_s", run.repeatSeconds},
        {"macs", result.trace.totalMacs()},
        {"bytes", result.trace.totalBytes()},
        {"pairs", sumPairs(result.trace.root)},
        {"peak_memory_bytes", result.trace.peakMemoryBytes},
        {"peak_tensor_bytes",
         result.peakTensorBytes > 0 ? Json(result.peakTensorBytes) : Json(nullptr)},
        {"notes", result.notes},
        {"device", result.trace.device},
        {"against_fp32", precisionCostJson(precisionCost(frame, run))},
        {"frames_side_by_side", result.trace.framesSideBySide},
        {"stages", stagesJson(result.trace, options.layers)},
        {"energy", energyJson(result.energy)},
        {"g_co2e_per_1000_frames", optionalEstimate(run.gramsPer1000Frames)},
        {"scores", run.scores ? scoresJson(*run.scores, *result.model.classMap) : Json(nullptr)}};
}

Json throughputJson(const BatchReport& report) {
    return {
        {"frames_per_s", report.framesPerSecond()},
        {"seconds", report.seconds},
        {"parallel", toString(report.plan.mode)},
        {"frames_side_by_side", report.plan.framesSideBySide},
        {"threads_per_frame", report.plan.threadsPerFrame},
        {"measured_frames_side_by_side_per_s", optionalNumber(report.plan.framesRate)},
        {"measured_one_at_a_time_per_s", optionalNumber(report.plan.threadsRate)},
        {"reason", report.plan.reason}};
}

Json summaryJson(const RunSummary& summary, const GridIntensity& grid) {
    Json models = Json::array();
    for (const auto& model : summary.models()) {
        const auto joules = model.meanJoules();
        models.push_back(
            {{"label", model.label},
             {"frames", model.seconds.size()},
             {"median_s", model.medianSeconds()},
             {"mean_j_per_frame", optionalEstimate(joules)},
             {"g_co2e_per_1000_frames",
              joules ? estimateJson(gramsPer1000Frames(*joules, grid)) : Json(nullptr)},
             {"scores",
              model.confusion ? scoresJson(scoresOf(*model.confusion), *model.classMap)
                              : Json(nullptr)},
             {"instance_miou",
              model.shapeIous.empty() ? Json(nullptr) : optionalNumber(model.miou())}}
        );
    }
    return {
        {"frames", summary.frames()},
        {"throughput",
         summary.throughput() ? throughputJson(*summary.throughput()) : Json(nullptr)},
        {"models", std::move(models)}};
}

} // namespace

Json frameJson(const FrameReport& frame, const JsonOptions& options) {
    Json runs = Json::array();
    for (const auto& run : frame.runs) {
        runs.push_back(runJson(frame, run, options));
    }
    const Scan& scan = *frame.scan;
    return {
        {"scan",
         {{"id", scan.id},
          {"source", scan.source.string()},
          {"points", scan.pointCount()},
          {"labels", scan.groundTruth.has_value()},
          {"read_s", scan.readSeconds},
          {"warnings", scan.warnings}}},
        {"runs", std::move(runs)}};
}

Json runDocument(
    std::vector<Json> frames,
    const RunSummary& summary,
    const GridIntensity& grid,
    const Environment& environment,
    bool complete
) {
    return {
        {"schema", "siskin.run"},
        {"version", kRunSchemaVersion},
        {"complete", complete},
        {"environment", environmentJson(environment)},
        {"grid", gridJson(grid)},
        {"summary", summaryJson(summary, grid)},
        {"frames", std::move(frames)}};
}

} // namespace siskin
