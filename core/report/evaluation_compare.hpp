// SPDX-License-Identifier: MIT
// Two evaluations against each other, and the gates that a change must pass.
#pragma once

#include "core/report/evaluation_reader.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace siskin {

/// The most that a cost may grow.
struct GrowthLimit {
    double amount = 0.0; ///< a share (0.05 for 5 %), or seconds or joules
    bool relative = true;
    std::string text; ///< as given, e.g. "+5%"
};

/// Each is judged for every compared model when it is set.
struct Gates {
    std::optional<GrowthLimit> latency; ///< of p50
    std::optional<GrowthLimit> energy;  ///< of J per frame
    std::optional<double> meanIou;  ///< least change of the headline figure, in percentage points
    std::optional<double> classIou; ///< least change of every class that occurs, percentage points
};

/// "+5%" or, with `unit` "ms" or "J", also "+3ms" or "+0.5J" (ms becomes seconds). Throws
/// `ConfigError` naming `option` for anything else.
GrowthLimit growthLimitFrom(std::string_view text, std::string_view unit, std::string_view option);
/// "-0.2" or "-0.2pp". Throws `ConfigError` naming `option` for anything else.
double pointsFrom(std::string_view text, std::string_view option);

/// IoU of a class in both, 0..1; empty where it does not count or is unknown.
struct ClassChange {
    std::string name;
    std::optional<double> before;
    std::optional<double> after;
};

struct ModelComparison {
    ReportedModel before;
    ReportedModel after;
    std::vector<ClassChange> classes; ///< largest change first
};

struct GateVerdict {
    std::string gate; ///< e.g. "--max-latency +5%"
    std::string model;
    bool passed = true;
    std::string why; ///< one line
};

struct EvaluationComparison {
    std::string before; ///< file names
    std::string after;
    std::vector<ModelComparison> models;
    std::vector<std::string> warnings; ///< why figures may not compare
    std::vector<std::string> notes;    ///< other differences of the plans
    std::vector<GateVerdict> gates;

    bool passed() const;
};

struct CompareOptions {
    std::vector<std::string> models; ///< labels; empty = every model of the baseline
    bool allowDifferentData = false;
    Gates gates;
};

/// Matches models by their labels, or the only one with the only one. Throws `DatasetError` when
/// the data differ (unless allowed) or no model is in both, `ConfigError` for a label in
/// `options.models` that one of them lacks. A gate that cannot be judged does not pass.
EvaluationComparison compareEvaluations(
    const ReportedEvaluation& before, const ReportedEvaluation& after, const CompareOptions& options
);

/// For a terminal; ends with a newline.
std::string comparisonText(const EvaluationComparison& comparison);
/// "siskin.compare" version 1, see core/report/README.md.
nlohmann::ordered_json comparisonDocument(const EvaluationComparison& comparison);

} // namespace siskin
