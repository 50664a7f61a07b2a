// SPDX-License-Identifier: MIT
// The figures of an evaluation, worked out once for every writer of reports.
#pragma once

#include "core/report/evaluation_report.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace siskin {

/// What one model comes to.
struct ModelFigures {
    const PlannedModel* planned = nullptr; ///< lives as long as the summary's plan
    ModelTotals totals;
    std::optional<Figure> headline; ///< what the benchmark ranks by; empty without labels
    Latency latency;
    std::vector<double> seconds; ///< of every frame, in the order of the plan
    int framesSideBySide = 1;    ///< the most that shared the processor with a timed frame
    std::vector<std::pair<std::string, double>> stages; ///< mean seconds
    std::optional<Estimate> joules;                     ///< per frame; empty = not measured
    std::size_t energyFrames = 0;                       ///< frames that have a joule figure
    std::string energyMethod = "-";       ///< badges that occur, e.g. "M1" or "E2 + M1"
    std::optional<Estimate> gramsPer1000; ///< gCO2e per 1000 frames
};

std::vector<ModelFigures> modelFigures(const EvaluationReport& report);

/// What the benchmark ranks by: the first figure of the first rule. Empty without labelled frames.
std::optional<Figure> headlineOf(const ModelTotals& totals);

/// Name in files: "counts_as_one", "counts_as_zero", "skipped", "skipped_if_empty".
std::string_view nameOf(AbsentClass rule);
/// What the rule does, in one sentence for people.
std::string_view absentInWords(const ScoreRule& rule);

/// What a badge ("M1", "E1", "E2", "-") means; the badge itself when it is none of these.
std::string_view badgeInWords(std::string_view badge);

/// Names of the stages over all models, in order of first appearance.
std::vector<std::string> stageNames(const std::vector<ModelFigures>& models);

/// Runs of every model before anything counted, over all sessions: "2", or "0 to 2".
std::string warmUpInWords(const std::vector<EvaluationSession>& sessions);

} // namespace siskin
