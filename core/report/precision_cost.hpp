// SPDX-License-Identifier: MIT
// What a reduced precision saves and costs, beside the same weights in float32 on the same scan.
#pragma once

#include "core/report/frame_report.hpp"

#include <optional>

namespace siskin {

struct PrecisionCost {
    double speedup = 1.0;     ///< total time in fp32 over total time in this precision
    double equalLabels = 1.0; ///< share of the points with the label that fp32 gives them
};

/// Empty for a run in fp32, and where the frame has no run of the same weights in fp32.
std::optional<PrecisionCost> precisionCost(const FrameReport& frame, const ModelRun& run);

} // namespace siskin
