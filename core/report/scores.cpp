// SPDX-License-Identifier: MIT
#include "core/report/scores.hpp"

#include "core/eval/part_scores.hpp"

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

std::optional<std::vector<ClassId>> groundTruthIn(const Scan& scan, const ClassMap& classMap) {
    const auto& truth = scan.groundTruth;
    const bool usable = truth && (!truth->classMap || truth->classMap->sharesRawIdsWith(classMap));
    return usable ? std::optional(classMap.classesOf(truth->rawIds)) : std::nullopt;
}

std::optional<Scores> scorePrediction(const Scan& scan, const Prediction& prediction) {
    const auto truth = groundTruthIn(scan, *prediction.classMap);
    if (!truth) {
        return std::nullopt;
    }
    Confusion confusion(prediction.classMap->size());
    confusion.add(*truth, prediction.classIds);
    Scores scores = scoresOf(std::move(confusion));
    if (scan.shapeCategory && scores.confusion.classes() == kShapePartCount) {
        scores.shapeIou = shapeIou(scores.confusion, kShapeCategories[*scan.shapeCategory]);
    }
    return scores;
}

std::string_view miouTitle(const Scan& scan) {
    return scan.shapeCategory ? "IoU of the shape" : "mIoU, classes present";
}

} // namespace siskin
