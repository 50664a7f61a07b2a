// SPDX-License-Identifier: MIT
// The sections of the evaluation page; `evaluationHtml` (evaluation_report.hpp) puts them together.
#pragma once

#include "core/report/evaluation_figures.hpp"

#include <string>
#include <vector>

namespace siskin {

/// What `kHtmlStyle` lacks: cards, charts, heat maps, printing.
extern const std::string_view kEvaluationStyle;

/// Accuracy against latency and against energy.
std::string tradeOffSection(const std::vector<ModelFigures>& models);
/// Per-class IoU, figures by every rule with the rule in words, and shapes.
std::string classSection(const std::vector<ModelFigures>& models);
std::string confusionSection(const std::vector<ModelFigures>& models);
/// By distance, height and density.
std::string strataSection(const std::vector<ModelFigures>& models);
std::string calibrationSection(const std::vector<ModelFigures>& models);
/// Distribution of latency, and stages.
std::string latencySection(const EvaluationReport& report, const std::vector<ModelFigures>& models);
std::string energySection(const EvaluationReport& report, const std::vector<ModelFigures>& models);
std::string failureSection(const EvaluationReport& report);
/// Data, weights, sessions, environment and the command.
std::string originSection(const EvaluationReport& report);

/// "<h2>...</h2>" with an optional explanation below. Both are escaped.
std::string sectionHead(std::string_view title, std::string_view note = "");
/// Models that can be drawn beside the first one that has scores: their first rule is the same and
/// counts in the same classes.
std::vector<std::size_t> comparableModels(const std::vector<ModelFigures>& models);
/// Mark and label of a model, as everywhere on the page.
std::string modelTag(const ModelFigures& model, std::size_t index);
/// A card of a chart with a heading; `heading` and `content` are HTML.
std::string card(std::string_view heading, std::string_view content);

} // namespace siskin
