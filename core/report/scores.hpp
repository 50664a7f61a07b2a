// SPDX-License-Identifier: MIT
// One prediction against the labels of its scan, by the three rules for absent classes.
#pragma once

#include "core/eval/confusion.hpp"
#include "core/scan/prediction.hpp"
#include "core/scan/scan.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace siskin {

struct Scores {
    Confusion confusion;
    IouScores presentClasses;         ///< AbsentClass::Skipped: the one to show for a single scan
    IouScores absentIsOne;            ///< AbsentClass::CountsAsOne: SPVNAS's meter
    IouScores absentIsZero;           ///< AbsentClass::CountsAsZero: the official tool
    std::optional<double> shapeIou{}; ///< of a shape in ShapeNetPart's classes: its benchmark's IoU

    /// The figure of a single scan: `shapeIou`, else the mean over the classes present.
    double miou() const noexcept { return shapeIou.value_or(presentClasses.mean); }
};

/// What `Scores::miou` is of such a scan: "IoU of the shape" or "mIoU, classes present".
std::string_view miouTitle(const Scan& scan);

Scores scoresOf(Confusion confusion);

/// Ground truth in the classes of `classMap`, translated through the raw ids, so that a model is
/// scored in the classes it speaks whatever map the data set was opened with. N entries; nothing
/// when the scan has no labels, or labels with the raw ids of another data set.
std::optional<std::vector<ClassId>> groundTruthIn(const Scan& scan, const ClassMap& classMap);

/// Empty when there is no such ground truth. Throws `DatasetError` when the two lengths differ.
std::optional<Scores> scorePrediction(const Scan& scan, const Prediction& prediction);

} // namespace siskin
