// SPDX-License-Identifier: MIT
// The rows of the result table, made once and shown as text and as HTML.
#pragma once

#include "core/report/frame_report.hpp"

#include <string>
#include <vector>

namespace siskin {

struct ReportRow {
    std::string name;
    std::vector<std::string> cells; ///< one per run; "-" where there is no value
    bool rule = false;              ///< a line above this row
};

/// Points, voxels, milliseconds per stage and in total, work, memory, energy, carbon, scores.
std::vector<ReportRow> reportRows(const FrameReport& frame);

/// Names of the stages (children of the trace's root) over all runs, in order of appearance.
std::vector<std::string> stageNames(const FrameReport& frame);

/// A stage's name for people: "points", below a row of points, would puzzle.
std::string stageTitle(const std::string& stage);

/// The leaves of a trace below `span`, i.e. its layers, in execution order. The pointers live as
/// long as `span`.
std::vector<const Span*> leafSpans(const Span& span);

} // namespace siskin
