// SPDX-License-Identifier: MIT
// One self-contained HTML page about a frame: picture, table, stage bars, per-class IoU,
// provenance.
#pragma once

#include "core/report/frame_report.hpp"
#include "core/report/html_parts.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace siskin {

/// The page refers to nothing outside itself. `png` is the comparison picture; empty leaves it out.
std::string htmlReport(
    const FrameReport& frame, const Environment& environment, std::span<const std::byte> png
);

} // namespace siskin
