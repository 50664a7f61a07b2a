// SPDX-License-Identifier: MIT
// One self-contained HTML page about a frame: picture, table, stage bars, per-class IoU,
// provenance.
#pragma once

#include "core/report/frame_report.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace siskin {

/// The page refers to nothing outside itself. `png` is the comparison picture; empty leaves it out.
std::string htmlReport(
    const FrameReport& frame, const Environment& environment, std::span<const std::byte> png
);

/// Text made safe inside HTML elements and attribute values.
std::string escapeHtml(std::string_view text);

/// RFC 4648 base64 with padding.
std::string base64(std::span<const std::byte> bytes);

} // namespace siskin
