// SPDX-License-Identifier: MIT
// Run reports as JSON. The schema, "siskin.run" version 1, is described in core/report/README.md.
#pragma once

#include "core/report/frame_report.hpp"
#include "core/report/json_parts.hpp"
#include "core/report/summary.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace siskin {

inline constexpr int kRunSchemaVersion = 1;

struct JsonOptions {
    bool layers = true; ///< false leaves the layers out and keeps the stages
};

/// One entry of the document's "frames".
nlohmann::ordered_json frameJson(const FrameReport& frame, const JsonOptions& options = {});

/// The whole document. `complete` is false when the run was interrupted before its last frame.
nlohmann::ordered_json runDocument(
    std::vector<nlohmann::ordered_json> frames,
    const RunSummary& summary,
    const GridIntensity& grid,
    const Environment& environment,
    bool complete = true
);

} // namespace siskin
