// SPDX-License-Identifier: MIT
#include "core/report/evaluation_compare.hpp"
#include "core/report/format.hpp"
#include "core/report/json_parts.hpp"
#include "core/report/text_grid.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace siskin {

namespace {

using Json = nlohmann::ordered_json;

/// A figure of both models, ready for a table.
struct Line {
    std::string name;
    std::string unit;
    std::optional<double> before;
    std::optional<double> after;
    bool fraction = false; ///< 0..1; shown as percent, its change in percentage points
};

void addFigures(std::vector<Line>& lines, const ModelComparison& model) {
    for (const auto& figure : model.before.figures) {
        const auto& others = model.after.figures;
        const auto other =
            std::find_if(others.begin(), others.end(), [&figure](const auto& candidate) {
                return candidate.name == figure.name;
            });
        const auto value = other == others.end() ? std::nullopt : std::optional(other->value);
        lines.push_back({figure.title, "%", figure.value, value, true});
    }
    lines.push_back({"ECE", "%", model.before.calibrationError, model.after.calibrationError, true}
    );
}

std::vector<Line> linesOf(const ModelComparison& model) {
    std::vector<Line> lines;
    addFigures(lines, model);
    using Percentile = std::pair<const char*, double Latency::*>;
    for (const auto& [name, percentile] :
         {Percentile{"latency p50", &Latency::p50}, Percentile{"latency p99", &Latency::p99}}) {
        const auto value = [member = percentile](const std::optional<Latency>& latency) {
            return latency ? std::optional(1e3 * (*latency).*member) : std::nullopt;
        };
        lines.push_back({name, "ms", value(model.before.latency), value(model.after.latency)});
    }
    const auto value = [](const std::optional<Estimate>& estimate) {
        return estimate ? std::optional(estimate->value) : std::nullopt;
    };
    lines.push_back({"energy", "J/frame", value(model.before.joules), value(model.after.joules)});
    lines.push_back(
        {"carbon",
         "gCO2e/1000 frames",
         value(model.before.gramsPer1000),
         value(model.after.gramsPer1000)}
    );
    return lines;
}

std::string cellOf(const Line& line, const std::optional<double>& value) {
    if (!value) {
        return "-";
    }
    return line.fraction ? fmt::format("{:.2f}", 100.0 * *value) : formatSignificant(*value, 4);
}

std::string changeOf(const Line& line) {
    if (!line.before || !line.after) {
        return "-";
    }
    if (line.fraction) {
        return fmt::format("{:+.2f} pp", 100.0 * (*line.after - *line.before));
    }
    return *line.before > 0.0 ? fmt::format("{:+.1f} %", 100.0 * (*line.after / *line.before - 1.0))
                              : std::string("-");
}

std::string modelText(const ModelComparison& model) {
    const bool renamed = model.before.label != model.after.label;
    TextGrid table(1);
    table.add(
        {renamed ? fmt::format("{} -> {}", model.before.label, model.after.label)
                 : model.before.label,
         "unit",
         "baseline",
         "new",
         "change"}
    );
    bool ruled = false; // a line above the first row of each half
    const auto add = [&](const Line& line) {
        table.add(
            {line.name,
             line.unit,
             cellOf(line, line.before),
             cellOf(line, line.after),
             changeOf(line)},
            !std::exchange(ruled, true)
        );
    };
    for (const auto& line : linesOf(model)) {
        if (line.before || line.after) {
            add(line);
        }
    }
    ruled = false;
    for (const auto& change : model.classes) {
        if (change.before != change.after) {
            add({"IoU " + change.name, "%", change.before, change.after, true});
        }
    }
    return table.text() + "\n";
}

Json changeJson(const Line& line) {
    return {
        {"name", line.name},
        {"unit", line.fraction ? "1" : line.unit},
        {"before", optionalNumber(line.before)},
        {"after", optionalNumber(line.after)}};
}

} // namespace

std::string comparisonText(const EvaluationComparison& comparison) {
    auto text = fmt::format("baseline  {}\nnew       {}\n\n", comparison.before, comparison.after);
    for (const auto& model : comparison.models) {
        text += modelText(model);
    }
    for (const auto& warning : comparison.warnings) {
        text += fmt::format("WARNING {}\n", warning);
    }
    for (const auto& note : comparison.notes) {
        text += fmt::format("differs {}\n", note);
    }
    for (const auto& gate : comparison.gates) {
        text += fmt::format(
            "{}  {}  {}: {}\n", gate.passed ? "passed" : "TRIPPED", gate.gate, gate.model, gate.why
        );
    }
    return text;
}

Json comparisonDocument(const EvaluationComparison& comparison) {
    Json models = Json::array();
    for (const auto& model : comparison.models) {
        Json figures = Json::array();
        for (const auto& line : linesOf(model)) {
            figures.push_back(changeJson(line));
        }
        Json classes = Json::array();
        for (const auto& change : model.classes) {
            classes.push_back(
                {{"name", change.name},
                 {"before", optionalNumber(change.before)},
                 {"after", optionalNumber(change.after)}}
            );
        }
        models.push_back(
            {{"before", model.before.label},
             {"after", model.after.label},
             {"figures", std::move(figures)},
             {"class_iou", std::move(classes)}}
        );
    }
    Json gates = Json::array();
    for (const auto& gate : comparison.gates) {
        gates.push_back(
            {{"gate", gate.gate}, {"model", gate.model}, {"passed", gate.passed}, {"why", gate.why}}
        );
    }
    return {
        {"schema", "siskin.compare"},
        {"version", 1},
        {"before", comparison.before},
        {"after", comparison.after},
        {"passed", comparison.passed()},
        {"models", std::move(models)},
        {"warnings", comparison.warnings},
        {"differences", comparison.notes},
        {"gates", std::move(gates)}};
}

} // namespace siskin
