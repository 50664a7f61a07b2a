// SPDX-License-Identifier: MIT
// Joins the parts of an evaluation that ran in several processes, exactly.
#pragma once

#include "core/benchmark/journal.hpp"
#include "core/benchmark/plan.hpp"

#include <filesystem>
#include <functional>
#include <vector>

namespace siskin {

/// A part: its folder, and what plan.json there says.
struct EvaluationPart {
    std::filesystem::path folder;
    EvaluationPlan plan;
};

/// The parts that the arguments name: folders with a plan.json, or with shard-*/ inside. Throws
/// `DatasetError` when there is none or one is damaged.
std::vector<EvaluationPart> findParts(const std::vector<std::filesystem::path>& folders);

/// The plan of the whole. Throws `DatasetError` naming the folders when the parts are of different
/// plans, overlap or leave a gap.
EvaluationPlan joinShards(const std::vector<EvaluationPart>& parts);

/// S3DIS's six-fold evaluation from six whole ones: each on one area, with the model that was
/// trained on the other five. Their frames follow one another in the order of the areas; `parts` is
/// put into that order. Throws `DatasetError` naming the folder and what does not fit.
EvaluationPlan joinFolds(std::vector<EvaluationPart>& parts);

/// What the journals of the parts hold together.
struct JoinedContent {
    std::vector<FrameFailure> failures;
    std::vector<EvaluationSession> sessions;
    /// Part and position in it of every frame of the whole, by position in the whole.
    std::vector<std::pair<std::size_t, std::size_t>> origin;
};

/// Reads all journals and calls `visit` for every frame, its position now that of the whole. With
/// `folds` the frames of part k come after those of all parts before it. Throws `DatasetError` when
/// a part is not finished, naming how many frames it lacks.
JoinedContent readParts(
    const std::vector<EvaluationPart>& parts,
    const EvaluationPlan& whole,
    bool folds,
    const std::function<void(const FrameRecord&)>& visit
);

} // namespace siskin
