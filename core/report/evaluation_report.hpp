// SPDX-License-Identifier: MIT
// What an evaluation of a whole data set comes to, as files and as text. The schemas,
// "siskin.scores" and "siskin.eval", and the columns of the tables are described in
// core/report/README.md.
//
// Scores are determined by data, weights and program alone: equal plans and frames give equal bytes
// here, whatever the number of threads, shards and restarts.
#pragma once

#include "core/benchmark/session.hpp"
#include "core/benchmark/summary.hpp"
#include "core/report/frame_report.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace siskin {

inline constexpr int kScoresSchemaVersion = 1;
inline constexpr int kEvaluationSchemaVersion = 1;

/// A finished (or interrupted) evaluation and how it was made.
struct EvaluationReport {
    const EvaluationSummary& summary; ///< must outlive the report; knows its plan
    std::vector<EvaluationSession> sessions;
    GridIntensity grid; ///< the region that the grams are for
    Environment environment;
    /// False when it was interrupted before every frame was evaluated or listed as failed.
    bool complete = true;
};

/// A frame to look at, e.g. one of `EvaluationSummary::worstFrames`.
struct FramePicture {
    std::string caption;
    std::vector<std::byte> png;
};

/// scores.json: nothing measured, no path, no host.
nlohmann::ordered_json scoresDocument(const EvaluationSummary& summary);

/// report.json: the scores, and what was measured where.
nlohmann::ordered_json evaluationDocument(const EvaluationReport& report);

/// frames.csv: one line per frame and model, in the order of the plan. Nothing measured.
std::string framesCsv(const EvaluationSummary& summary);
/// classes.csv: one line per model, rule and class. Nothing measured.
std::string classesCsv(const EvaluationSummary& summary);
/// timings.csv: one line per frame and model; the stages of all models as columns.
std::string timingsCsv(const EvaluationSummary& summary);

/// report.html: one page that refers to nothing outside itself.
std::string evaluationHtml(const EvaluationReport& report, std::span<const FramePicture> pictures);

/// For a terminal: one row per model, then failures and notes. Ends with a newline.
std::string evaluationTable(const EvaluationReport& report);

/// PNG of one labelled frame: ground truth, up to two models, where they are right. Without times,
/// so that equal predictions give equal bytes. Throws `ConfigError` when the frame has no run.
std::vector<std::byte> errorPicture(const FrameReport& frame);

} // namespace siskin
