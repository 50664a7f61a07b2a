// SPDX-License-Identifier: MIT
#include "core/train/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace siskin {

double Schedule::at(std::int64_t step) const {
    if (step < warmup) {
        return peak * static_cast<double>(step + 1) / static_cast<double>(warmup + 1);
    }
    const auto length = static_cast<double>(std::max<std::int64_t>(1, steps - warmup));
    const double done = std::min(1.0, static_cast<double>(step - warmup) / length);
    return peak * 0.5 * (1.0 + std::cos(std::numbers::pi * done));
}

} // namespace siskin
