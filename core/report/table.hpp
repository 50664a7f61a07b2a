// SPDX-License-Identifier: MIT
// Reports as plain text for a terminal.
#pragma once

#include "core/report/frame_report.hpp"
#include "core/report/summary.hpp"

#include <string>

namespace siskin {

/// One column per model, one row per figure, then notes: what the energy badge means, which models
/// are untrained. Ends with a newline.
std::string textTable(const FrameReport& frame);

/// One row per layer of the run: time, share, rows, channels, multiply-adds, pairs.
std::string layerTable(const ModelRun& run);

/// One line per model of a frame, for runs over many frames.
std::string frameLines(const FrameReport& frame);

/// What all frames come to, one row per model.
std::string summaryTable(const RunSummary& summary, const GridIntensity& grid);

} // namespace siskin
