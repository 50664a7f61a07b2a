// SPDX-License-Identifier: MIT
// One self-contained HTML page about a frame: picture, table, stage bars, per-class IoU,
// provenance.
#pragma once

#include "core/report/frame_report.hpp"
#include "core/report/html_parts.hpp"
#include "core/report/paper_comparison.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace siskin {

/// The page refers to nothing outside itself. `png` is the comparison picture; empty leaves it out.
/// `paper` adds its section.
std::string htmlReport(
    const FrameReport& frame,
    const Environment& environment,
    std::span<const std::byte> png,
    const std::optional<PaperComparison>& paper = {}
);

} // namespace siskin
