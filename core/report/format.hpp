// SPDX-License-Identifier: MIT
// Numbers as people read them; shared by the table, the picture and the HTML page.
#pragma once

#include "core/energy/energy.hpp"

#include <cstdint>
#include <string>

namespace siskin {

/// "124 668": digits in groups of three.
std::string formatCount(std::int64_t value);

/// `value` with that many significant digits and no exponent, e.g. 0.00123, 1.23, 12.3, 1230.
std::string formatSignificant(double value, int digits = 3);

/// Milliseconds without a unit: "612", "61.2", "6.12".
std::string formatMilliseconds(double seconds);

/// "14.2 (7.1 to 28.4)".
std::string formatEstimate(const Estimate& estimate);

/// "17.4 %" of a fraction.
std::string formatPercent(double fraction);

} // namespace siskin
