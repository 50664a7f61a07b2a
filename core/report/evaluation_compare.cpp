// SPDX-License-Identifier: MIT
#include "core/report/evaluation_compare.hpp"

#include "core/base/error.hpp"
#include "core/report/evaluation_gates.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace siskin {

namespace {

using Json = nlohmann::ordered_json;

std::string orNone(const std::optional<std::string>& text) {
    return text ? text->substr(0, 12) : std::string("unknown (frames are missing)");
}

/// What makes the frames of the two different; empty when they are the same.
std::string dataDifference(const ReportedEvaluation& a, const ReportedEvaluation& b) {
    if (a.benchmark != b.benchmark) {
        return fmt::format("benchmark '{}' against '{}'", a.benchmark, b.benchmark);
    }
    if (a.split != b.split) {
        return fmt::format("split '{}' against '{}'", a.split, b.split);
    }
    if (a.framesSha256 != b.framesSha256) {
        return "the lists of frames differ";
    }
    if (a.failedFrames != b.failedFrames || a.frames != b.frames) {
        return fmt::format(
            "{} frames and {} failed against {} and {}",
            a.frames,
            a.failedFrames.size(),
            b.frames,
            b.failedFrames.size()
        );
    }
    if (a.dataSha256 != b.dataSha256) {
        return fmt::format(
            "data of SHA-256 {} against {}", orNone(a.dataSha256), orNone(b.dataSha256)
        );
    }
    return {};
}

void checkData(
    const ReportedEvaluation& a,
    const ReportedEvaluation& b,
    bool allowed,
    std::vector<std::string>& warnings
) {
    const auto difference = dataDifference(a, b);
    if (!difference.empty() && !allowed) {
        throw DatasetError(
            fmt::format("{} and {} are about different data: {}", a.origin, b.origin, difference),
            "scores of different data do not compare; --allow-different-data compares them all the "
            "same"
        );
    }
    if (!difference.empty()) {
        warnings.push_back(fmt::format("different data, scores do not compare: {}", difference));
    } else if (!a.dataSha256) {
        warnings.emplace_back(
            "frames are missing from both, so that their data cannot be proved to be the same"
        );
    }
}

void warnOfMachines(
    const ReportedEvaluation& a, const ReportedEvaluation& b, std::vector<std::string>& warnings
) {
    if (a.machines != b.machines || a.threads != b.threads) {
        warnings.push_back(fmt::format(
            "different machines, latency and energy do not compare: {} with {} threads against {} "
            "with {}",
            fmt::join(a.machines, " + "),
            a.threads,
            fmt::join(b.machines, " + "),
            b.threads
        ));
    }
    if (a.region != b.region) {
        warnings.push_back(fmt::format(
            "different electricity, carbon does not compare: {} against {}", a.region, b.region
        ));
    }
    for (const auto* report : {&a, &b}) {
        if (!report->complete) {
            warnings.push_back(fmt::format("{} is not complete: it was interrupted", report->origin)
            );
        }
    }
}

void warnOfMethods(const ModelComparison& model, std::vector<std::string>& warnings) {
    const auto& a = model.before;
    const auto& b = model.after;
    if (a.joules && b.joules && a.energyMethod != b.energyMethod) {
        warnings.push_back(fmt::format(
            "{}: energy by {} against {}, which do not compare",
            a.label,
            a.energyMethod,
            b.energyMethod
        ));
    }
    if (a.framesSideBySide != b.framesSideBySide) {
        warnings.push_back(fmt::format(
            "{}: latency with {} frames side by side against {}, which does not compare",
            a.label,
            a.framesSideBySide,
            b.framesSideBySide
        ));
    }
}

std::string shortText(const Json& value) {
    constexpr std::size_t kMost = 44;
    const auto text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    return text.size() > kMost ? text.substr(0, kMost) + "..." : text;
}

/// One line per value in which the plans differ.
void notePlan(
    const Json& a, const Json& b, const std::string& path, std::vector<std::string>& notes
) {
    constexpr std::size_t kMostNotes = 20;
    if (a == b || notes.size() >= kMostNotes) {
        return;
    }
    const bool lists = a.is_array() && b.is_array() && a.size() == b.size();
    if (!lists && !(a.is_object() && b.is_object())) {
        notes.push_back(fmt::format("{}: {} against {}", path, shortText(a), shortText(b)));
        return;
    }
    if (lists) {
        for (std::size_t i = 0; i < a.size(); ++i) {
            notePlan(a[i], b[i], fmt::format("{}[{}]", path, i), notes);
        }
        return;
    }
    for (const auto& [key, value] : a.items()) {
        const auto other = b.find(key);
        notePlan(value, other == b.end() ? Json() : *other, fmt::format("{}.{}", path, key), notes);
    }
    for (const auto& [key, value] : b.items()) {
        if (!a.contains(key)) {
            notePlan(Json(), value, fmt::format("{}.{}", path, key), notes);
        }
    }
}

/// The plan without its models.
Json commonPart(const Json& plan) {
    Json common = plan;
    if (common.is_object()) {
        common.erase("models");
    }
    return common;
}

/// What the plan says of a model; null when it says nothing.
Json modelPart(const Json& plan, const std::string& label) {
    const auto models = plan.find("models"); // the end as well when the plan is no object
    if (models == plan.end() || !models->is_array()) {
        return {};
    }
    const auto found = std::find_if(models->begin(), models->end(), [&label](const Json& model) {
        return model.is_object() && model.contains("label") && model["label"] == label;
    });
    return found == models->end() ? Json() : *found;
}

double sizeOf(const ClassChange& change) {
    return change.before && change.after ? std::abs(*change.after - *change.before) : -1.0;
}

std::vector<ClassChange> classChanges(const ReportedModel& before, const ReportedModel& after) {
    std::vector<ClassChange> changes;
    for (const auto& entry : before.classes) {
        const auto other = std::find_if(
            after.classes.begin(),
            after.classes.end(),
            [&entry](const auto& candidate) { return candidate.name == entry.name; }
        );
        const bool counts = entry.seen > 0;
        changes.push_back(
            {.name = entry.name,
             .before = counts ? entry.iou : std::nullopt,
             .after = counts && other != after.classes.end() ? other->iou : std::nullopt}
        );
    }
    std::stable_sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) {
        return sizeOf(a) > sizeOf(b);
    });
    return changes;
}

const ReportedModel* find(const std::vector<ReportedModel>& models, const std::string& label) {
    const auto found = std::find_if(models.begin(), models.end(), [&label](const auto& model) {
        return model.label == label;
    });
    return found == models.end() ? nullptr : &*found;
}

std::string labelsOf(const ReportedEvaluation& evaluation) {
    std::vector<std::string> labels;
    for (const auto& model : evaluation.models) {
        labels.push_back(model.label);
    }
    return fmt::format("'{}'", fmt::join(labels, "', '"));
}

void checkLabels(
    const ReportedEvaluation& a, const ReportedEvaluation& b, const std::vector<std::string>& labels
) {
    for (const auto& label : labels) {
        for (const auto* report : {&a, &b}) {
            if (find(report->models, label) == nullptr) {
                throw ConfigError(
                    fmt::format("{} has no model '{}'", report->origin, label),
                    fmt::format("it has {}", labelsOf(*report))
                );
            }
        }
    }
}

/// The models of the baseline that are wanted, each with its counterpart, which may be missing.
std::vector<std::pair<const ReportedModel*, const ReportedModel*>> pairs(
    const ReportedEvaluation& a, const ReportedEvaluation& b, const std::vector<std::string>& labels
) {
    checkLabels(a, b, labels);
    std::vector<std::pair<const ReportedModel*, const ReportedModel*>> result;
    if (labels.empty() && a.models.size() == 1 && b.models.size() == 1) {
        result.emplace_back(&a.models.front(), &b.models.front());
        return result;
    }
    for (const auto& model : a.models) {
        if (labels.empty() ||
            std::find(labels.begin(), labels.end(), model.label) != labels.end()) {
            result.emplace_back(&model, find(b.models, model.label));
        }
    }
    const bool any = std::any_of(result.begin(), result.end(), [](const auto& pair) {
        return pair.second != nullptr;
    });
    if (!any) {
        throw DatasetError(
            fmt::format("{} and {} have no model in common", a.origin, b.origin),
            fmt::format("one has {}, the other {}", labelsOf(a), labelsOf(b))
        );
    }
    return result;
}

} // namespace

bool EvaluationComparison::passed() const {
    return std::all_of(gates.begin(), gates.end(), [](const auto& gate) { return gate.passed; });
}

EvaluationComparison compareEvaluations(
    const ReportedEvaluation& before, const ReportedEvaluation& after, const CompareOptions& options
) {
    EvaluationComparison comparison;
    comparison.before = before.origin;
    comparison.after = after.origin;
    checkData(before, after, options.allowDifferentData, comparison.warnings);
    warnOfMachines(before, after, comparison.warnings);
    notePlan(commonPart(before.plan), commonPart(after.plan), "plan", comparison.notes);
    for (const auto& [a, b] : pairs(before, after, options.models)) {
        if (b == nullptr) {
            comparison.notes.push_back(fmt::format("'{}' is only in {}", a->label, before.origin));
            const auto verdicts = judgeMissing(a->label, options.gates);
            comparison.gates.insert(comparison.gates.end(), verdicts.begin(), verdicts.end());
            continue;
        }
        ModelComparison model{.before = *a, .after = *b, .classes = classChanges(*a, *b)};
        warnOfMethods(model, comparison.warnings);
        notePlan(
            modelPart(before.plan, a->label),
            modelPart(after.plan, b->label),
            a->label,
            comparison.notes
        );
        const auto verdicts = judge(model, options.gates);
        comparison.gates.insert(comparison.gates.end(), verdicts.begin(), verdicts.end());
        comparison.models.push_back(std::move(model));
    }
    return comparison;
}

} // namespace siskin
