// SPDX-License-Identifier: MIT
#include "datasets/files/point_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace siskin {

namespace {

// A rounding error of more than this share of a field's range matters.
constexpr double kLossyShare = 1e-3;
constexpr double kExactRange = 16777216.0; // whole numbers of float32
constexpr double kLargestPacked = 4294967295.0;
constexpr double kLargest = std::numeric_limits<float>::max();

} // namespace

Extent extentOf(const std::vector<double>& values) {
    Extent extent{
        std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(), 0.0};
    for (const double value : values) {
        if (std::abs(value) <= kLargest) {
            extent.low = std::min(extent.low, value);
            extent.high = std::max(extent.high, value);
            const auto rounded = static_cast<double>(static_cast<float>(value));
            extent.error = std::max(extent.error, std::abs(rounded - value));
        }
    }
    return extent.low <= extent.high ? extent : Extent{};
}

std::string fitFloats(std::vector<double>& values, NumberType type) {
    const Extent extent = extentOf(values);
    const double range = extent.high - extent.low;
    const bool lossy = extent.error > (isFloating(type) ? kLossyShare * range : 0.0) && range > 0.0;
    const double origin = lossy && (isFloating(type) || range <= kExactRange) ? extent.low : 0.0;
    std::size_t bad = 0;
    for (double& value : values) {
        const bool fits = std::abs(value) <= kLargest; // false for NaN
        bad += fits ? 0 : 1;
        value = fits ? value - origin : 0.0;
    }
    std::string done = bad == 0 ? "" : fmt::format("{} values are not finite and became 0", bad);
    if (lossy) {
        done += fmt::format(
            "{}values up to {} do not fit float32, ", bad == 0 ? "" : "; ", extent.high
        );
        done += origin == 0.0 ? "they were rounded" : fmt::format("{} was subtracted", origin);
    }
    return done;
}

void scaleColours(std::array<std::vector<double>, 3>& channels, NumberType type) {
    double largest = 0.0;
    for (const auto& channel : channels) {
        largest = std::max(largest, extentOf(channel).high);
    }
    double scale = 1.0;
    if (isFloating(type) && largest <= 1.0) {
        scale = 255.0;
    } else if (type == NumberType::UInt16 && largest > 255.0) {
        scale = 255.0 / 65535.0;
    }
    for (auto& channel : channels) {
        for (double& value : channel) {
            value = value > 0.0 ? std::min(value * scale, 255.0) : 0.0; // NaN is black
        }
    }
}

std::vector<std::uint32_t> packedColours(const Records& records, RecordField field) {
    const bool isText = field.stored == NumberType::Float64;
    if (!isText) {
        field.stored = NumberType::UInt32; // a float's bits as they are: some are NaNs
    }
    std::vector<std::uint32_t> colours;
    colours.reserve(records.count);
    for (const double value : columnOf(records, field)) {
        if (isText && field.declared == NumberType::Float32) {
            const double bits = std::abs(value) <= kLargest ? value : 0.0;
            colours.push_back(std::bit_cast<std::uint32_t>(static_cast<float>(bits)));
        } else {
            const double number = std::abs(value) <= kLargestPacked ? value : 0.0;
            colours.push_back(static_cast<std::uint32_t>(static_cast<std::int64_t>(number)));
        }
    }
    return colours;
}

} // namespace siskin
