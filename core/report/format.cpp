// SPDX-License-Identifier: MIT
#include "core/report/format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace siskin {

std::string formatCount(std::int64_t value) {
    const std::string digits = fmt::format("{}", value);
    const std::size_t first = value < 0 ? 1 : 0;
    std::string grouped;
    for (std::size_t at = 0; at < digits.size(); ++at) {
        if (at > first && (digits.size() - at) % 3 == 0) {
            grouped += ' ';
        }
        grouped += digits[at];
    }
    return grouped;
}

std::string formatCounted(std::size_t count, std::string_view noun, std::string_view ending) {
    return fmt::format(
        "{} {}{}", formatCount(static_cast<std::int64_t>(count)), noun, count == 1 ? "" : ending
    );
}

std::string formatSignificant(double value, int digits) {
    if (!std::isfinite(value)) {
        return fmt::format("{}", value);
    }
    if (value == 0.0) {
        return "0";
    }
    const int exponent = static_cast<int>(std::floor(std::log10(std::abs(value))));
    const int decimals = std::clamp(digits - 1 - exponent, 0, 12);
    return fmt::format("{:.{}f}", value, decimals);
}

std::string formatMilliseconds(double seconds) {
    const double milliseconds = seconds * 1e3;
    return milliseconds < 0.01 ? fmt::format("{:.3f}", milliseconds)
                               : formatSignificant(milliseconds);
}

std::string formatLatency(double seconds) {
    constexpr double kLong = 10.0;
    return seconds < kLong ? formatMilliseconds(seconds) + " ms"
                           : formatSignificant(seconds) + " s";
}

std::string formatMegabytes(std::int64_t bytes) {
    return formatSignificant(1e-6 * static_cast<double>(bytes));
}

std::string formatEstimate(const Estimate& estimate) {
    return fmt::format(
        "{} ({} to {})",
        formatSignificant(estimate.value),
        formatSignificant(estimate.low),
        formatSignificant(estimate.high)
    );
}

std::string formatPercent(double fraction) {
    return fmt::format("{:.1f} %", 100.0 * fraction);
}

} // namespace siskin
