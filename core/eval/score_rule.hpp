// SPDX-License-Identifier: MIT
// How each benchmark turns counts into figures.
#pragma once

#include "core/eval/confusion.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

/// One rule by which a benchmark's predictions are scored.
struct ScoreRule {
    std::string name;  ///< "official", "spvnas-meter", "devkit", "s3dis", "parts", "classes"
    std::string title; ///< for people, e.g. "semantic-kitti-api"
    std::shared_ptr<const ClassMap> classMap; ///< the classes in which it counts
    AbsentClass absent = AbsentClass::SkippedIfEmpty;
    bool frequencyWeighted = false; ///< also reports the IoU weighted by ground-truth points
    /// Also reports the mIoU that the S3DIS tool prints: a point without a prediction (-1) counts
    /// there as predicted to be of the last class.
    bool uncoveredAsLastClass = false;
    bool byShape = false; ///< ShapeNetPart: the score is a mean over shapes, see `shapeIou`
};

/// The rules for a benchmark (`DatasetReader::benchmark`), the one to show first in front.
/// `spoken`: the classes of the model. "semantickitti": the official tool and the SPVNAS meter, or
/// with moving classes the official multi-scan tool alone. A map of another name than those in
/// `resources/classmaps` gives a rule of its own, "classes", and so does an unknown benchmark.
/// Throws `ConfigError` when a class map is missing.
std::vector<ScoreRule>
scoreRules(std::string_view benchmark, const std::shared_ptr<const ClassMap>& spoken);

/// A figure with its name in reports.
struct Figure {
    std::string name;   ///< "miou", "accuracy", "fwiou", "instance_miou", "class_miou" ...
    std::string title;  ///< for people, e.g. "mIoU"
    double value = 0.0; ///< 0..1
};

/// One rule's verdict.
struct RuleScores {
    ScoreRule rule;
    Confusion confusion;         ///< summed over all frames
    IouScores iou;               ///< per class, by the rule
    std::vector<Figure> figures; ///< what the benchmark ranks by comes first
};

/// For a rule by shape the figures are those over all points; the benchmark's own need the shapes,
/// see `ShapeScores`.
RuleScores scoreByRule(const ScoreRule& rule, const Confusion& confusion);

/// Raw ids of a prediction in the classes of `rule`: what a tool that reads the prediction file
/// sees. N entries.
std::vector<ClassId> predictedClasses(
    std::span<const ClassId> predicted, const ClassMap& spoken, const ClassMap& wanted
);

} // namespace siskin
