// SPDX-License-Identifier: MIT
// What all JSON reports have in common.
#pragma once

#include "core/report/frame_report.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>

namespace siskin {

/// {value, low, high}.
nlohmann::ordered_json estimateJson(const Estimate& estimate);
/// The same, or null.
nlohmann::ordered_json optionalEstimate(const std::optional<Estimate>& estimate);
/// The number, or null.
nlohmann::ordered_json optionalNumber(const std::optional<double>& value);
nlohmann::ordered_json gridJson(const GridIntensity& grid);
nlohmann::ordered_json environmentJson(const Environment& environment);

/// Indented text with a final newline. Bytes that are not UTF-8 become U+FFFD; numbers are written
/// so that reading them gives the same double again.
std::string jsonText(const nlohmann::ordered_json& document);

} // namespace siskin
