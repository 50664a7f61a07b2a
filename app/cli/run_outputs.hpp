// SPDX-License-Identifier: MIT
// Which files a run writes, and writing them.
#pragma once

#include "app/cli/progress.hpp"
#include "app/cli/run_options.hpp"
#include "core/report/frame_report.hpp"
#include "core/report/json.hpp"
#include "core/report/paper_comparison.hpp"
#include "core/report/summary.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace siskin::cli {

/// Collects the report and writes files as frames come in, each all or nothing.
class RunOutputs {
  public:
    /// Throws `ConfigError` when one file is asked for several frames.
    RunOutputs(
        const RunRequest& request,
        std::size_t frames,
        GridIntensity grid,
        Environment environment,
        Progress& progress
    );

    /// Predictions, picture, page, and what goes to standard output for this frame.
    /// `paper`: of --preset.
    void add(const FrameReport& frame, const std::optional<PaperComparison>& paper = {});

    /// How many frames were added.
    std::size_t frames() const noexcept { return summary_.frames(); }

    /// How fast a batch of frames went, for the summary.
    void setThroughput(const BatchReport& report) { summary_.setThroughput(report); }

    /// The JSON report and, over several frames, the summary. `complete` is false after Ctrl-C.
    void finish(bool complete);

  private:
    void writeLabels(const FrameReport& frame);
    void writePictures(const FrameReport& frame, const std::optional<PaperComparison>& paper);
    void printFrame(const FrameReport& frame, const std::optional<PaperComparison>& paper) const;
    void announce(const std::filesystem::path& path) const;

    const RunRequest& request_;
    std::size_t frames_;
    GridIntensity grid_;
    Environment environment_;
    Progress& progress_;
    RunSummary summary_;
    std::vector<nlohmann::ordered_json> frameDocuments_;
};

} // namespace siskin::cli
