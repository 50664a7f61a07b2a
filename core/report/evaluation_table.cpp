// SPDX-License-Identifier: MIT
#include "core/report/evaluation_figures.hpp"
#include "core/report/format.hpp"
#include "core/report/text_grid.hpp"

#include <fmt/format.h>

#include <set>

namespace siskin {

namespace {

std::vector<std::string> rowOf(const ModelFigures& model) {
    const bool timed = !model.seconds.empty();
    const auto milliseconds = [timed](double seconds) {
        return timed ? formatMilliseconds(seconds) : std::string("-");
    };
    return {
        model.planned->label,
        model.headline ? fmt::format("{:.2f} %", 100.0 * model.headline->value) : "no labels",
        milliseconds(model.latency.p50),
        milliseconds(model.latency.p90),
        milliseconds(model.latency.p99),
        model.joules ? fmt::format("{} {}", formatEstimate(*model.joules), model.energyMethod)
                     : "not measured",
        model.gramsPer1000 ? formatEstimate(*model.gramsPer1000) : "not measured"};
}

/// Every figure by every rule, one line each.
std::string ruleLines(const ModelFigures& model) {
    std::string text;
    for (const auto& scores : model.totals.rules) {
        std::string line;
        for (const auto& figure : scores.figures) {
            line += fmt::format(
                "{}{} {:.2f} %", line.empty() ? "" : ", ", figure.title, 100.0 * figure.value
            );
        }
        text += fmt::format("{}, {}: {}\n", model.planned->label, scores.rule.title, line);
    }
    return text;
}

std::string untrainedLines(const EvaluationPlan& plan) {
    std::string text;
    for (const auto& model : plan.models) {
        if (!model.trained) {
            text += fmt::format(
                "UNTRAINED {}: {}; its times are real, its labels mean nothing\n",
                model.label,
                model.weights
            );
        }
    }
    return text;
}

std::string failureLines(const std::vector<FrameFailure>& failures) {
    constexpr std::size_t kMostShown = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(failures.size(), kMostShown); ++i) {
        text += fmt::format("FAILED {}: {}\n", failures[i].frame, failures[i].message);
    }
    if (failures.size() > kMostShown) {
        text += fmt::format("and {} more frames failed\n", failures.size() - kMostShown);
    }
    return text;
}

} // namespace

std::string evaluationTable(const EvaluationReport& report) {
    const auto models = modelFigures(report);
    const auto& summary = report.summary;
    TextGrid table(1);
    const auto& headline = models.empty() ? std::nullopt : models.front().headline;
    table.add(
        {fmt::format("{} frames, {} with labels", summary.rows().size(), summary.labelledFrames()),
         headline ? headline->title : "score",
         "p50 ms",
         "p90 ms",
         "p99 ms",
         "J/frame",
         fmt::format("gCO2e/1000, {}", report.grid.code)}
    );
    bool first = true;
    for (const auto& model : models) {
        table.add(rowOf(model), first);
        first = false;
    }
    std::string text = table.text() + "\n";
    for (const auto& model : models) {
        text += ruleLines(model);
    }
    std::set<std::string> methods;
    for (const auto& model : models) {
        if (model.joules && methods.insert(model.energyMethod).second) {
            text += fmt::format("{}: {}\n", model.energyMethod, badgeInWords(model.energyMethod));
        }
    }
    text += fmt::format(
        "latency: read to labels, batch size 1, after {} warm-up run(s)\n",
        warmUpInWords(report.sessions)
    );
    text += untrainedLines(summary.plan()) + failureLines(summary.failures());
    return text + (report.complete
                       ? ""
                       : "NOT COMPLETE: interrupted; the figures are of the frames so far\n");
}

} // namespace siskin
