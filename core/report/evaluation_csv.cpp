// SPDX-License-Identifier: MIT
#include "core/report/csv_text.hpp"
#include "core/report/evaluation_figures.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

namespace {

/// Shortest text that reads back as the same double.
std::string number(double value) {
    return fmt::format("{}", value);
}

/// Nothing at all where there is no value.
std::string number(const std::optional<double>& value) {
    return value ? number(*value) : std::string();
}

template <typename Whole>
std::string whole(Whole value) {
    return fmt::format("{}", value);
}

/// Stages of all frames and models, in order of first appearance.
std::vector<std::string> stagesOf(const EvaluationSummary& summary) {
    std::vector<std::string> names;
    for (std::size_t model = 0; model < summary.plan().models.size(); ++model) {
        for (const auto& [name, seconds] : summary.stages(model)) {
            if (std::find(names.begin(), names.end(), name) == names.end()) {
                names.push_back(name);
            }
        }
    }
    return names;
}

std::string
timingLine(const FrameRow& row, std::size_t model, const std::string& label, const auto& stages) {
    const auto& measured = row.models.at(model).measured;
    std::vector<std::string> fields{
        whole(row.position),
        row.frame,
        label,
        number(measured.seconds),
        number(row.readSeconds),
        whole(measured.framesSideBySide)};
    const auto& joules = measured.joules;
    fields.push_back(joules ? number(joules->value) : "");
    fields.push_back(joules ? number(joules->low) : "");
    fields.push_back(joules ? number(joules->high) : "");
    fields.push_back(joules ? measured.energyMethod : "-");
    for (const auto& stage : stages) {
        const auto found = std::find_if(
            measured.stages.begin(),
            measured.stages.end(),
            [&stage](const auto& entry) { return entry.first == stage; }
        );
        fields.push_back(found == measured.stages.end() ? "" : number(found->second));
    }
    return csvLine(fields);
}

} // namespace

std::string framesCsv(const EvaluationSummary& summary) {
    const auto& models = summary.plan().models;
    std::string text =
        csvLine({"position", "frame", "group", "model", "points", "voxels", "miou", "accuracy"});
    for (const auto& row : summary.rows()) {
        for (std::size_t i = 0; i < models.size(); ++i) {
            const auto& model = row.models.at(i);
            text += csvLine(
                {whole(row.position),
                 row.frame,
                 row.group,
                 models[i].label,
                 whole(row.points),
                 whole(model.voxels),
                 number(model.meanIou),
                 number(model.accuracy)}
            );
        }
    }
    return text;
}

std::string classesCsv(const EvaluationSummary& summary) {
    const auto& models = summary.plan().models;
    std::string text = csvLine({"model", "rule", "class", "seen", "predicted", "correct", "iou"});
    for (std::size_t i = 0; i < models.size(); ++i) {
        for (const auto& scores : summary.totals(i).rules) {
            for (std::size_t c = 0; c < scores.confusion.classes(); ++c) {
                const auto id = static_cast<ClassId>(c);
                text += csvLine(
                    {models[i].label,
                     scores.rule.name,
                     scores.rule.classMap->info(id).name,
                     whole(scores.confusion.seen(id)),
                     whole(scores.confusion.positive(id)),
                     whole(scores.confusion.correct(id)),
                     number(scores.iou.perClass.at(c))}
                );
            }
        }
    }
    return text;
}

std::string timingsCsv(const EvaluationSummary& summary) {
    const auto& models = summary.plan().models;
    const auto stages = stagesOf(summary);
    std::vector<std::string> head{
        "position",
        "frame",
        "model",
        "seconds",
        "read_seconds",
        "frames_side_by_side",
        "joules",
        "joules_low",
        "joules_high",
        "energy_method"};
    for (const auto& stage : stages) {
        head.push_back(stage + "_seconds");
    }
    std::string text = csvLine(head);
    for (const auto& row : summary.rows()) {
        for (std::size_t i = 0; i < models.size(); ++i) {
            text += timingLine(row, i, models[i].label, stages);
        }
    }
    return text;
}

} // namespace siskin
