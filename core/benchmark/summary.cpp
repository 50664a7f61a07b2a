// SPDX-License-Identifier: MIT
#include "core/benchmark/summary.hpp"

#include "core/base/sha256.hpp"
#include "core/eval/part_scores.hpp"

#include <algorithm>
#include <cmath>

namespace siskin {

namespace {

/// Score of one frame, for tables and for finding the worst.
std::optional<double>
frameMean(const FrameRecord& record, const FrameScores& scores, const ScoreRule& rule) {
    if (!record.labels) {
        return std::nullopt;
    }
    const Confusion& confusion = scores.perRule.front();
    const ShapeCategory* category = rule.byShape ? shapeCategoryNamed(record.group) : nullptr;
    if (category != nullptr) {
        return shapeIou(confusion, *category);
    }
    if (confusion.scoredPoints() == 0) {
        return std::nullopt;
    }
    return intersectionOverUnion(confusion, AbsentClass::Skipped).mean;
}

std::optional<double> frameAccuracy(const FrameRecord& record, const FrameScores& scores) {
    if (!record.labels || scores.perRule.front().scoredPoints() == 0) {
        return std::nullopt;
    }
    return intersectionOverUnion(scores.perRule.front(), AbsentClass::Skipped).accuracy;
}

FrameRow rowOf(const FrameRecord& record, const EvaluationPlan& plan) {
    FrameRow row{
        .position = record.position,
        .frame = record.frame,
        .group = record.group,
        .dataSha256 = record.dataSha256,
        .points = record.points,
        .readSeconds = record.readSeconds,
        .models = {}};
    for (std::size_t i = 0; i < record.models.size(); ++i) {
        const ModelRecord& model = record.models[i];
        const ScoreRule& rule = plan.models[i].rules.front();
        row.models.push_back(
            {.meanIou = frameMean(record, model.scores, rule),
             .accuracy = frameAccuracy(record, model.scores),
             .voxels = model.voxels,
             .measured = model.measured}
        );
    }
    return row;
}

/// Mean of a frame's scores over the models; empty when none has one.
std::optional<double> meanOverModels(const FrameRow& row) {
    double sum = 0.0;
    int count = 0;
    for (const auto& model : row.models) {
        sum += model.meanIou.value_or(0.0);
        count += model.meanIou ? 1 : 0;
    }
    return count == 0 ? std::nullopt : std::optional(sum / count);
}

ShapeScores shapeScores(const std::vector<FrameRow>& rows, std::size_t model) {
    ShapeScores scores;
    double all = 0.0;
    std::size_t shapes = 0;
    for (const ShapeCategory& category : kShapeCategories) {
        ShapeScores::Category mean{std::string(category.name), 0, 0.0};
        for (const FrameRow& row : rows) {
            if (row.group == category.name && row.models[model].meanIou) {
                mean.meanIou += *row.models[model].meanIou;
                ++mean.shapes;
            }
        }
        if (mean.shapes > 0) {
            all += mean.meanIou;
            shapes += mean.shapes;
            mean.meanIou /= static_cast<double>(mean.shapes);
            scores.classMeanIou += mean.meanIou;
            scores.categories.push_back(std::move(mean));
        }
    }
    if (shapes > 0) {
        scores.instanceMeanIou = all / static_cast<double>(shapes);
        scores.classMeanIou /= static_cast<double>(scores.categories.size());
    }
    return scores;
}

/// In front of the figures over all points, which the benchmark does not rank by.
void addShapeFigures(RuleScores& scores, const ShapeScores& shapes) {
    for (Figure& figure : scores.figures) {
        figure.title += " over all points";
        figure.name += "_over_points";
    }
    const std::array<Figure, 2> own = {
        Figure{"instance_miou", "instance mIoU", shapes.instanceMeanIou},
        Figure{"class_miou", "class mIoU", shapes.classMeanIou}};
    scores.figures.insert(scores.figures.begin(), own.begin(), own.end());
}

} // namespace

Latency latencyOf(std::vector<double> seconds) {
    if (seconds.empty()) {
        return {};
    }
    std::sort(seconds.begin(), seconds.end());
    const auto rank = [&](double percent) {
        const auto count = static_cast<double>(seconds.size());
        return seconds
            [static_cast<std::size_t>(std::max(1.0, std::ceil(percent / 100.0 * count))) - 1];
    };
    double sum = 0.0;
    for (const double value : seconds) {
        sum += value;
    }
    return {
        .p50 = rank(50),
        .p90 = rank(90),
        .p99 = rank(99),
        .mean = sum / static_cast<double>(seconds.size()),
        .minimum = seconds.front(),
        .maximum = seconds.back()};
}

EvaluationSummary::EvaluationSummary(const EvaluationPlan& plan)
    : plan_(plan), sums_(plan.models.size()) {
    for (std::size_t i = 0; i < sums_.size(); ++i) {
        for (const ScoreRule& rule : plan.models[i].rules) {
            sums_[i].perRule.emplace_back(rule.classMap->size());
        }
        for (const Stratum stratum : strataOf(plan.benchmark)) {
            sums_[i].strata.emplace_back(stratum, plan.models[i].rules.front().classMap->size());
        }
    }
}

void EvaluationSummary::add(const FrameRecord& record) {
    rows_.push_back(rowOf(record, plan_));
    sorted_ = false;
    if (!record.labels) {
        return;
    }
    ++labelled_;
    for (std::size_t i = 0; i < sums_.size(); ++i) {
        const FrameScores& scores = record.models[i].scores;
        for (std::size_t rule = 0; rule < sums_[i].perRule.size(); ++rule) {
            sums_[i].perRule[rule].add(scores.perRule[rule]);
        }
        for (std::size_t k = 0; k < sums_[i].strata.size(); ++k) {
            sums_[i].strata[k].add(scores.strata[k]);
        }
        if (scores.calibration) {
            if (!sums_[i].calibration) {
                sums_[i].calibration.emplace();
            }
            sums_[i].calibration->add(*scores.calibration);
        }
    }
}

void EvaluationSummary::add(const FrameFailure& failure) {
    failures_.push_back(failure);
    sorted_ = false;
}

void EvaluationSummary::sort() const {
    if (!sorted_) {
        const auto byPosition = [](const auto& a, const auto& b) {
            return a.position < b.position;
        };
        std::sort(rows_.begin(), rows_.end(), byPosition);
        std::sort(failures_.begin(), failures_.end(), byPosition);
        sorted_ = true;
    }
}

const std::vector<FrameRow>& EvaluationSummary::rows() const {
    sort();
    return rows_;
}

const std::vector<FrameFailure>& EvaluationSummary::failures() const {
    sort();
    return failures_;
}

ModelTotals EvaluationSummary::totals(std::size_t model) const {
    ModelTotals totals;
    if (labelled_ == 0) {
        return totals;
    }
    const auto& rules = plan_.models.at(model).rules;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        totals.rules.push_back(scoreByRule(rules[i], sums_[model].perRule[i]));
        if (rules[i].byShape) {
            totals.shapes = shapeScores(rows(), model);
            addShapeFigures(totals.rules.back(), *totals.shapes);
        }
    }
    totals.strata = sums_[model].strata;
    totals.calibration = sums_[model].calibration;
    return totals;
}

Latency EvaluationSummary::latency(std::size_t model) const {
    std::vector<double> seconds;
    for (const FrameRow& row : rows()) {
        seconds.push_back(row.models.at(model).measured.seconds);
    }
    return latencyOf(std::move(seconds));
}

std::optional<Estimate> EvaluationSummary::joulesPerFrame(std::size_t model) const {
    Estimate sum;
    std::size_t count = 0;
    for (const FrameRow& row : rows()) {
        if (const auto& joules = row.models.at(model).measured.joules) {
            sum.value += joules->value;
            sum.low += joules->low;
            sum.high += joules->high;
            ++count;
        }
    }
    return count == 0 ? std::nullopt : std::optional(scaled(sum, 1.0 / static_cast<double>(count)));
}

std::vector<std::pair<std::string, double>> EvaluationSummary::stages(std::size_t model) const {
    std::vector<std::pair<std::string, double>> means;
    for (const FrameRow& row : rows()) {
        for (const auto& [name, seconds] : row.models.at(model).measured.stages) {
            const auto found = std::find_if(means.begin(), means.end(), [&](const auto& stage) {
                return stage.first == name;
            });
            if (found == means.end()) {
                means.emplace_back(name, seconds);
            } else {
                found->second += seconds;
            }
        }
    }
    for (auto& [name, seconds] : means) {
        seconds /= static_cast<double>(rows_.size());
    }
    return means;
}

std::vector<std::size_t> EvaluationSummary::worstFrames(std::size_t count) const {
    std::vector<std::pair<double, std::size_t>> scores;
    for (const FrameRow& row : rows()) {
        if (const auto mean = meanOverModels(row)) {
            scores.emplace_back(*mean, row.position);
        }
    }
    std::sort(scores.begin(), scores.end());
    scores.resize(std::min(count, scores.size()));
    std::vector<std::size_t> positions;
    for (const auto& [mean, position] : scores) {
        positions.push_back(position);
    }
    return positions;
}

std::string EvaluationSummary::dataSha256() const {
    if (rows().size() != plan_.frames) {
        return {};
    }
    Sha256 hash;
    for (const FrameRow& row : rows()) {
        hash.add(row.dataSha256);
    }
    return hash.hex();
}

} // namespace siskin
