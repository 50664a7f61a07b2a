// SPDX-License-Identifier: MIT
// Learning rate per iteration.
#pragma once

#include <cstdint>

namespace siskin {

/// Linear warm-up, then half a cosine down to zero (Loshchilov and Hutter, SGDR, ICLR 2017).
struct Schedule {
    double peak = 0.0;       ///< learning rate at the end of the warm-up
    std::int64_t warmup = 0; ///< steps until then
    std::int64_t steps = 1;  ///< of the whole training

    /// Rate of step 0 .. steps - 1. The first is peak / (warmup + 1), step `warmup` has the peak,
    /// and step `steps` would have 0.
    double at(std::int64_t step) const;
};

} // namespace siskin
