// SPDX-License-Identifier: MIT
#include "core/report/scores.hpp"

#include <algorithm>
#include <utility>

namespace siskin {

Scores scoresOf(Confusion confusion) {
    Scores scores{
        .confusion = std::move(confusion),
        .presentClasses = {},
        .absentIsOne = {},
        .absentIsZero = {}};
    scores.presentClasses = intersectionOverUnion(scores.confusion, AbsentClass::Skipped);
    scores.absentIsOne = intersectionOverUnion(scores.confusion, AbsentClass::CountsAsOne);
    scores.absentIsZero = intersectionOverUnion(scores.confusion, AbsentClass::CountsAsZero);
    return scores;
}

std::vector<ClassId> groundTruthIn(const GroundTruth& groundTruth, const ClassMap& classMap) {
    std::vector<ClassId> ids(groundTruth.rawIds.size());
    std::transform(
        groundTruth.rawIds.begin(),
        groundTruth.rawIds.end(),
        ids.begin(),
        [&classMap](std::uint32_t raw) { return classMap.classOf(raw); }
    );
    return ids;
}

std::optional<Scores> scorePrediction(const Scan& scan, const Prediction& prediction) {
    if (!scan.groundTruth) {
        return std::nullopt;
    }
    Confusion confusion(prediction.classMap->size());
    confusion.add(groundTruthIn(*scan.groundTruth, *prediction.classMap), prediction.classIds);
    return scoresOf(std::move(confusion));
}

} // namespace siskin
