// SPDX-License-Identifier: MIT
#include "core/eval/score_rule.hpp"

#include "core/base/resources.hpp"

#include <algorithm>
#include <array>

namespace siskin {

namespace {

std::shared_ptr<const ClassMap> mapNamed(const std::string& name) {
    return std::make_shared<const ClassMap>(
        ClassMap::fromJsonFile(resourcePath("classmaps") / (name + ".json"))
    );
}

ScoreRule officialKitti(const std::string& classMap) {
    return {
        .name = "official",
        .title = "semantic-kitti-api, the official tool",
        .classMap = mapNamed(classMap),
        .absent = AbsentClass::CountsAsZero};
}

ScoreRule spvnasMeter() {
    return {
        .name = "spvnas-meter",
        .title = "the meter of SPVNAS",
        .classMap = mapNamed("semantickitti-spvnas"),
        .absent = AbsentClass::CountsAsOne};
}

ScoreRule ownClasses(const std::shared_ptr<const ClassMap>& spoken) {
    return {
        .name = "classes", .title = "intersection over union in these classes", .classMap = spoken};
}

double figureOf(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// Mean IoU as the S3DIS tool has it when points were not predicted (index -1 there).
double meanWithUncoveredAsLast(const Confusion& confusion, const IouScores& iou) {
    const std::size_t last = confusion.classes() - 1;
    double sum = 0.0;
    std::size_t valued = 1;
    for (std::size_t c = 0; c < last; ++c) {
        sum += iou.perClass[c].value_or(0.0);
        valued += iou.perClass[c] ? 1 : 0;
    }
    const auto id = static_cast<ClassId>(last);
    const auto either = confusion.seen(id) + confusion.positive(id) + confusion.withoutClass() -
                        confusion.correct(id);
    return (sum + figureOf(confusion.correct(id), either)) / static_cast<double>(valued);
}

double frequencyWeighted(const Confusion& confusion, const IouScores& iou) {
    double sum = 0.0;
    for (std::size_t c = 0; c < confusion.classes(); ++c) {
        sum += static_cast<double>(confusion.seen(static_cast<ClassId>(c))) *
               iou.perClass[c].value_or(0.0);
    }
    const auto scored = confusion.scoredPoints();
    return scored == 0 ? 0.0 : sum / static_cast<double>(scored);
}

} // namespace

std::vector<ScoreRule>
scoreRules(std::string_view benchmark, const std::shared_ptr<const ClassMap>& spoken) {
    const std::string& map = spoken->name();
    if (benchmark == "semantickitti" && map == "semantickitti-multiscan") {
        return {officialKitti("semantickitti-multiscan")};
    }
    if (benchmark == "semantickitti" &&
        (map == "semantickitti-official" || map == "semantickitti-spvnas")) {
        return {officialKitti("semantickitti-official"), spvnasMeter()};
    }
    if (benchmark == "nuscenes" && map == "nuscenes-lidarseg") {
        return {
            {.name = "devkit",
             .title = "the nuScenes devkit's lidarseg challenge",
             .classMap = mapNamed("nuscenes-lidarseg"),
             .frequencyWeighted = true}};
    }
    if (benchmark == "s3dis" && (map == "s3dis" || map == "s3dis-pointnet")) {
        return {
            {.name = "s3dis",
             .title = "S3DIS over all points of the rooms",
             .classMap = mapNamed("s3dis"),
             .uncoveredAsLastClass = true}};
    }
    if (benchmark == "shapenetpart" && map == "shapenetpart") {
        return {
            {.name = "parts",
             .title = "ShapeNetPart, mean over shapes",
             .classMap = mapNamed("shapenetpart"),
             .byShape = true}};
    }
    return {ownClasses(spoken)};
}

RuleScores scoreByRule(const ScoreRule& rule, const Confusion& confusion) {
    RuleScores scores{
        .rule = rule,
        .confusion = confusion,
        .iou = intersectionOverUnion(confusion, rule.absent),
        .figures = {}};
    scores.figures.push_back({"miou", "mIoU", scores.iou.mean});
    if (rule.frequencyWeighted) {
        scores.figures.push_back({"fwiou", "fwIoU", frequencyWeighted(confusion, scores.iou)});
    }
    if (rule.uncoveredAsLastClass && confusion.withoutClass() > 0) {
        scores.figures.push_back(
            {"miou_uncovered_as_last",
             "mIoU, points without a prediction as the last class",
             meanWithUncoveredAsLast(confusion, scores.iou)}
        );
    }
    scores.figures.push_back({"accuracy", "accuracy", scores.iou.accuracy});
    return scores;
}

std::vector<ClassId> predictedClasses(
    std::span<const ClassId> predicted, const ClassMap& spoken, const ClassMap& wanted
) {
    std::array<ClassId, 256> table{};
    for (std::size_t id = 0; id < table.size(); ++id) {
        const bool hasClass = id < spoken.size();
        const auto raw = spoken.info(static_cast<ClassId>(id)).submissionId;
        table[id] = hasClass ? wanted.classOf(raw) : kIgnored;
    }
    std::vector<ClassId> result(predicted.size());
    std::transform(predicted.begin(), predicted.end(), result.begin(), [&](ClassId id) {
        return table[id];
    });
    return result;
}

} // namespace siskin
