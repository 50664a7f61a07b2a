// SPDX-License-Identifier: MIT
// A hand-made evaluation: two models, three classes, three labelled frames, one without labels.
#pragma once

#include "core/benchmark/summary.hpp"
#include "core/report/evaluation_report.hpp"
#include "tests/unit/report_test.hpp"

#include <string>
#include <vector>

namespace siskin::test {

inline PlannedModel plannedModel(const std::string& label, bool trained = true) {
    const auto classes = threeClasses();
    PlannedModel model;
    model.label = label;
    model.kind = "spvcnn";
    model.weights = "/home/somebody/" + label + ".pt";
    model.weightsSha256 = "aa11";
    model.precision = "fp32";
    model.voxelSize = 0.05;
    model.trained = trained;
    model.parameters = 1'364'707;
    model.classMap = classes;
    model.rules = {
        {.name = "official",
         .title = "official tool",
         .classMap = classes,
         .absent = AbsentClass::CountsAsZero},
        {.name = "meter",
         .title = "the meter",
         .classMap = classes,
         .absent = AbsentClass::CountsAsOne}};
    return model;
}

inline EvaluationPlan evaluationPlan(const std::vector<std::string>& labels = {"A", "B"}) {
    EvaluationPlan plan;
    plan.dataset = "Hand-made, four frames";
    plan.root = "/home/somebody/data";
    plan.split = "val";
    plan.frames = 4;
    plan.framesSha256 = "ff00";
    for (const auto& label : labels) {
        plan.models.push_back(plannedModel(label));
    }
    plan.device = "cpu";
    plan.program = "9.8.7 (abc)";
    return plan;
}

/// Ground truth of a labelled frame: car car road road road ignored; no bus.
inline const std::vector<ClassId> kTruth{0, 0, 1, 1, 1, kIgnored};

inline FrameScores frameScores(const PlannedModel& model, const std::vector<ClassId>& predicted) {
    FrameScores scores;
    for (const auto& rule : model.rules) {
        scores.perRule.emplace_back(rule.classMap->size());
        scores.perRule.back().add(kTruth, predicted);
    }
    const std::vector<std::uint8_t> bins{0, 0, 0, 1, 1, 1};
    for (const Stratum stratum : strataOf("")) {
        scores.strata.emplace_back(stratum, model.rules.front().classMap->size());
        scores.strata.back().add(bins, kTruth, predicted);
    }
    scores.calibration.emplace();
    scores.calibration->add(kTruth, predicted, std::vector<float>(6, 0.75F));
    return scores;
}

/// Frame `position` takes `milliseconds` per model; joules of 2 (1 to 4) where `joules`.
inline FrameRecord frameRecord(
    const EvaluationPlan& plan,
    std::size_t position,
    const std::vector<std::vector<ClassId>>& predictions,
    double milliseconds,
    bool labels = true,
    bool joules = true
) {
    FrameRecord record;
    record.position = position;
    record.frame = "00/00000" + std::to_string(position);
    record.group = "00";
    record.dataSha256 = "d" + std::to_string(position);
    record.points = 6;
    record.labels = labels;
    record.readSeconds = 0.002;
    for (std::size_t i = 0; i < plan.models.size(); ++i) {
        ModelRecord model;
        model.voxels = 4;
        if (labels) {
            model.scores = frameScores(plan.models[i], predictions.at(i));
        }
        const double seconds = 1e-3 * milliseconds * static_cast<double>(i + 1);
        model.measured.seconds = seconds;
        model.measured.stages = {{"voxelise", 0.25 * seconds}, {"network", 0.75 * seconds}};
        if (joules) {
            model.measured.joules = Estimate{2.0, 1.0, 4.0};
            model.measured.energyMethod = "E2";
        }
        record.models.push_back(std::move(model));
    }
    return record;
}

/// Model A: one road point is taken for a car in frame 0, all right else. Model B: all are buses in
/// frame 0. Frames 0, 1 and 2 have labels, frame 3 has none. p50 of A is 20 ms, of B 40 ms.
inline void addFrames(EvaluationSummary& summary, bool joules = true) {
    const std::vector<ClassId> right{0, 0, 1, 1, 1, 1};
    const auto& plan = summary.plan();
    summary.add(frameRecord(plan, 2, {right, right}, 30, true, joules));
    summary.add(frameRecord(plan, 0, {kOneWrong, kAllBus}, 10, true, joules));
    summary.add(frameRecord(plan, 3, {}, 40, false, joules));
    summary.add(frameRecord(plan, 1, {right, right}, 20, true, joules));
}

inline EvaluationReport evaluationReport(const EvaluationSummary& summary) {
    return {
        .summary = summary,
        .sessions =
            {{.host = "node7",
              .device = "cpu (test)",
              .started = "2026-01-02T03:04:05Z",
              .seconds = 12.5,
              .frames = 4,
              .busyShare = 0.97,
              .peakMemoryBytes = 123'000'000,
              .parallel = "one frame at a time",
              .warmUpRuns = 2,
              .shard = {},
              .complete = true}},
        .grid = testGrid(),
        .environment =
            {.programVersion = "9.8.7",
             .device = "cpu",
             .threads = 2,
             .libraries = {{"LibTorch", "1.13"}},
             .command = "siskin eval data --model 'a b'"},
        .complete = true};
}

} // namespace siskin::test
