// SPDX-License-Identifier: MIT
// What all HTML pages have in common.
#pragma once

#include "core/scan/class_map.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

/// The style sheet: light and dark, tables, swatches, notes.
extern const std::string_view kHtmlStyle;

/// Text made safe inside HTML elements and attribute values.
std::string escapeHtml(std::string_view text);

/// RFC 4648 base64 with padding.
std::string base64(std::span<const std::byte> bytes);

std::string cssColour(Colour colour); ///< "#rrggbb"

/// An entry of a definition list; both are escaped.
std::string htmlFact(std::string_view name, std::string_view value);

/// A table that scrolls sideways where it is too wide. The first line is the head; cells are HTML.
std::string htmlTable(std::span<const std::vector<std::string>> lines);

} // namespace siskin
