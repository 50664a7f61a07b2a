// SPDX-License-Identifier: MIT
#include "core/report/evaluation_figures.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

namespace siskin {

namespace {

/// Seconds, badges and neighbours from the rows of the frames.
void takeRows(ModelFigures& figures, const std::vector<FrameRow>& rows, std::size_t model) {
    std::set<std::string> badges;
    for (const auto& row : rows) {
        const auto& measured = row.models.at(model).measured;
        figures.seconds.push_back(measured.seconds);
        figures.framesSideBySide = std::max(figures.framesSideBySide, measured.framesSideBySide);
        if (measured.joules) {
            ++figures.energyFrames;
            badges.insert(measured.energyMethod);
        }
    }
    if (!badges.empty()) {
        figures.energyMethod = fmt::format("{}", fmt::join(badges, " + "));
    }
}

} // namespace

std::vector<ModelFigures> modelFigures(const EvaluationReport& report) {
    const auto& summary = report.summary;
    std::vector<ModelFigures> models;
    for (std::size_t i = 0; i < summary.plan().models.size(); ++i) {
        ModelFigures figures;
        figures.planned = &summary.plan().models[i];
        figures.totals = summary.totals(i);
        figures.headline = headlineOf(figures.totals);
        figures.latency = summary.latency(i);
        figures.stages = summary.stages(i);
        figures.joules = summary.joulesPerFrame(i);
        if (figures.joules && figures.joules->low > 0.0) {
            figures.gramsPer1000 = gramsPer1000Frames(*figures.joules, report.grid);
        }
        takeRows(figures, summary.rows(), i);
        models.push_back(std::move(figures));
    }
    return models;
}

std::optional<Figure> headlineOf(const ModelTotals& totals) {
    if (totals.rules.empty() || totals.rules.front().figures.empty()) {
        return std::nullopt;
    }
    return totals.rules.front().figures.front();
}

std::string_view nameOf(AbsentClass rule) {
    switch (rule) {
    case AbsentClass::CountsAsOne:
        return "counts_as_one";
    case AbsentClass::CountsAsZero:
        return "counts_as_zero";
    case AbsentClass::Skipped:
        return "skipped";
    case AbsentClass::SkippedIfEmpty:
        return "skipped_if_empty";
    }
    return "?";
}

std::string_view absentInWords(const ScoreRule& rule) {
    if (rule.byShape) {
        return "In each shape, a part of its category that neither ground truth nor prediction has "
               "counts as IoU 1. Per class and over all points, a part with neither a ground-truth "
               "nor a predicted point is left out.";
    }
    switch (rule.absent) {
    case AbsentClass::CountsAsOne:
        return "A class without a ground-truth point counts as IoU 1, predicted or not.";
    case AbsentClass::CountsAsZero:
        return "A class without a ground-truth point counts as IoU 0, predicted or not.";
    case AbsentClass::Skipped:
        return "A class without a ground-truth point is left out of the mean.";
    case AbsentClass::SkippedIfEmpty:
        return "A class with neither a ground-truth nor a predicted point is left out of the mean; "
               "one that is only predicted counts as IoU 0.";
    }
    return "?";
}

std::string_view badgeInWords(std::string_view text) {
    constexpr std::array kMethods = {
        EnergyMethod::RaplCounter,
        EnergyMethod::UtilisationTdp,
        EnergyMethod::PerOperation,
        EnergyMethod::NotAvailable};
    const auto found = std::find_if(kMethods.begin(), kMethods.end(), [text](EnergyMethod method) {
        return badge(method) == text;
    });
    return found == kMethods.end() ? text : description(*found);
}

std::vector<std::string> stageNames(const std::vector<ModelFigures>& models) {
    std::vector<std::string> names;
    for (const auto& model : models) {
        for (const auto& [name, seconds] : model.stages) {
            if (std::find(names.begin(), names.end(), name) == names.end()) {
                names.push_back(name);
            }
        }
    }
    return names;
}

std::string warmUpInWords(const std::vector<EvaluationSession>& sessions) {
    if (sessions.empty()) {
        return "an unknown number of";
    }
    const auto [least, most] =
        std::minmax_element(sessions.begin(), sessions.end(), [](const auto& a, const auto& b) {
            return a.warmUpRuns < b.warmUpRuns;
        });
    return least->warmUpRuns == most->warmUpRuns
               ? fmt::format("{}", most->warmUpRuns)
               : fmt::format("{} to {}", least->warmUpRuns, most->warmUpRuns);
}

} // namespace siskin
