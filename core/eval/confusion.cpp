// SPDX-License-Identifier: MIT
#include "core/eval/confusion.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

namespace siskin {

Confusion::Confusion(std::size_t classes) : classes_(classes), counts_(classes * (classes + 1)) {}

void Confusion::add(std::span<const ClassId> groundTruth, std::span<const ClassId> prediction) {
    if (groundTruth.size() != prediction.size()) {
        throw DatasetError(
            fmt::format(
                "{} ground-truth labels, but {} predictions", groundTruth.size(), prediction.size()
            ),
            "both must be of the same scan"
        );
    }
    const auto foreign = std::find_if(groundTruth.begin(), groundTruth.end(), [this](ClassId id) {
        return id >= classes_ && id != kIgnored;
    });
    if (foreign != groundTruth.end()) {
        throw DatasetError(
            fmt::format(
                "ground truth of point {} is class {}, but there are {} classes",
                foreign - groundTruth.begin(),
                int{*foreign},
                classes_
            ),
            "ground truth and prediction must speak the same class map"
        );
    }
    const std::size_t columns = classes_ + 1;
    for (std::size_t i = 0; i < groundTruth.size(); ++i) {
        if (groundTruth[i] != kIgnored) {
            ++counts_[groundTruth[i] * columns + std::min<std::size_t>(prediction[i], classes_)];
        }
    }
}

void Confusion::add(ClassId groundTruth, ClassId prediction, std::int64_t points) {
    const std::size_t column = std::min<std::size_t>(prediction, classes_);
    counts_.at(groundTruth * (classes_ + 1) + column) += points;
}

void Confusion::add(const Confusion& other) {
    if (other.classes_ != classes_) {
        throw DatasetError(
            fmt::format("confusions of {} and {} classes do not add up", classes_, other.classes_)
        );
    }
    std::transform(
        counts_.begin(), counts_.end(), other.counts_.begin(), counts_.begin(), std::plus<>()
    );
}

std::int64_t Confusion::count(ClassId groundTruth, ClassId prediction) const {
    return counts_.at(groundTruth * (classes_ + 1) + std::min<std::size_t>(prediction, classes_));
}

std::int64_t Confusion::seen(ClassId id) const {
    std::int64_t sum = 0;
    for (std::size_t column = 0; column <= classes_; ++column) {
        sum += counts_.at(id * (classes_ + 1) + column);
    }
    return sum;
}

std::int64_t Confusion::positive(ClassId id) const {
    std::int64_t sum = 0;
    for (std::size_t row = 0; row < classes_; ++row) {
        sum += counts_.at(row * (classes_ + 1) + id);
    }
    return sum;
}

std::int64_t Confusion::correct(ClassId id) const {
    return count(id, id);
}

std::int64_t Confusion::withoutClass() const {
    return positive(static_cast<ClassId>(classes_));
}

std::int64_t Confusion::scoredPoints() const {
    return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
}

IouScores intersectionOverUnion(const Confusion& confusion, AbsentClass rule) {
    const auto ratio = [](std::int64_t part, std::int64_t whole) {
        return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
    };
    IouScores scores;
    std::int64_t correct = 0;
    std::int64_t positive = 0;
    double sum = 0.0;
    std::int64_t valued = 0;
    for (std::size_t c = 0; c < confusion.classes(); ++c) {
        const auto id = static_cast<ClassId>(c);
        const std::int64_t hits = confusion.correct(id);
        correct += hits;
        positive += confusion.positive(id);
        const std::int64_t unionSize = confusion.seen(id) + confusion.positive(id) - hits;
        std::optional<double> value = ratio(hits, unionSize);
        if (confusion.seen(id) == 0 && rule == AbsentClass::CountsAsOne) {
            value = 1.0;
        } else if (confusion.seen(id) == 0 && rule == AbsentClass::Skipped) {
            value.reset();
        } else if (unionSize == 0 && rule == AbsentClass::SkippedIfEmpty) {
            value.reset();
        }
        sum += value.value_or(0.0);
        valued += value.has_value() ? 1 : 0;
        scores.perClass.push_back(value);
    }
    scores.mean = valued == 0 ? 0.0 : sum / static_cast<double>(valued);
    const bool officialTool = rule == AbsentClass::CountsAsZero;
    scores.accuracy = ratio(correct, officialTool ? positive : confusion.scoredPoints());
    return scores;
}

} // namespace siskin
