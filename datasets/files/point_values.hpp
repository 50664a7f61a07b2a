// SPDX-License-Identifier: MIT
// Numbers of a file as the float32 values of a scan.
#pragma once

#include "datasets/files/records.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace siskin {

/// Smallest and largest finite value, and the largest error that float32 would make.
struct Extent {
    double low = 0.0;
    double high = 0.0;
    double error = 0.0;
};

Extent extentOf(const std::vector<double>& values);

/// Makes `values`, declared as `type`, fit float32: what is not finite becomes 0; where rounding
/// would lose more than a thousandth of the range, or any unit of a whole number, the smallest
/// value is subtracted. Returns what was done, for a warning; empty for nothing.
std::string fitFloats(std::vector<double>& values, NumberType type);

/// Scales colours to 0-255: floating ones that stay below 1 and 16-bit ones that go beyond 255.
void scaleColours(std::array<std::vector<double>, 3>& channels, NumberType type);

/// The 32 bits (alpha, red, green, blue from the highest) of the colours in a field of four bytes,
/// whether the file calls it an integer or a float.
std::vector<std::uint32_t> packedColours(const Records& records, RecordField field);

} // namespace siskin
