// SPDX-License-Identifier: MIT
// Numbers as people read them; shared by the table, the picture and the HTML page.
#pragma once

#include "core/energy/energy.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace siskin {

/// "124 668": digits in groups of three.
std::string formatCount(std::int64_t value);

/// "1 frame", "12 frames", "124 668 frames". `ending`: of the plural.
std::string formatCounted(std::size_t count, std::string_view noun, std::string_view ending = "s");

/// `value` with that many significant digits and no exponent, e.g. 0.00123, 1.23, 12.3, 1230.
std::string formatSignificant(double value, int digits = 3);

/// Milliseconds without a unit: "612", "61.2", "6.12".
std::string formatMilliseconds(double seconds);

/// With a unit: "61.2 ms", from ten seconds on "12.3 s".
std::string formatLatency(double seconds);

/// Millions of bytes without a unit: "12.3".
std::string formatMegabytes(std::int64_t bytes);

/// "14.2 (7.1 to 28.4)".
std::string formatEstimate(const Estimate& estimate);

/// "17.4 %" of a fraction.
std::string formatPercent(double fraction);

} // namespace siskin
