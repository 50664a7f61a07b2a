// SPDX-License-Identifier: MIT
#include "core/train/weight_average.hpp"

#include <algorithm>

namespace siskin {

void WeightAverage::update(const StateDict& latest) {
    const auto n = static_cast<double>(updates_++);
    const double decay = std::min(decay_, (1.0 + n) / (10.0 + n));
    for (const auto& [name, value] : latest) {
        auto& average = values_[name];
        if (average.defined() && decay_ > 0.0 && value.is_floating_point()) {
            average.lerp_(value, 1.0 - decay);
        } else {
            average = value.clone();
        }
    }
}

void WeightAverage::restore(StateDict values, std::int64_t updates) {
    values_ = std::move(values);
    updates_ = updates;
}

} // namespace siskin
