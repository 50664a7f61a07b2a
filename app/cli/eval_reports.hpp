// SPDX-License-Identifier: MIT
// The files that an evaluation ends with.
#pragma once

#include "app/cli/progress.hpp"
#include "core/report/evaluation_report.hpp"

#include <filesystem>
#include <functional>
#include <stop_token>

namespace siskin::cli {

/// Frames shown in report.html because they came out worst.
inline constexpr std::size_t kWorstFrames = 6;

/// Finds the picture of a frame, by its position; the file may be missing.
using PictureFinder = std::function<std::filesystem::path(std::size_t position)>;

/// Writes scores.json, frames.csv, classes.csv, timings.csv, report.json and report.html into
/// `folder`, each all or nothing, and prints the table. Throws `DatasetError` when a file cannot
/// be written and, in the end, when frames failed.
void writeReports(
    const std::filesystem::path& folder,
    const EvaluationReport& report,
    const PictureFinder& picture,
    Progress& progress
);

/// Throws `DatasetError` with their number and the first one.
void requireNoFailures(const EvaluationSummary& summary);

/// Packs the submission of every model, for benchmarks with a server: submission.zip beside its
/// folder. `submission`: folder of a model's prediction files.
void zipSubmissions(
    const EvaluationPlan& plan,
    const std::function<std::filesystem::path(std::size_t model)>& submission,
    Progress& progress,
    const std::stop_token& stop
);

} // namespace siskin::cli
