// SPDX-License-Identifier: MIT
// The random numbers of everything that is made here.
#pragma once

#include "core/base/split_mix.hpp"

#include <cstdint>

namespace siskin {

/// Same seed, same numbers, on every platform and with every mathematical library.
class Random : public SplitMix64 {
  public:
    explicit Random(std::uint64_t seed) : SplitMix64(seed) {}

    /// A stream of its own for part `index` of something seeded with `seed`: neither the order in
    /// which parts are made nor the number of threads changes what a part draws.
    static Random forPart(std::uint64_t seed, std::uint64_t index);

    double gaussian(); ///< mean 0, deviation 1 (sum of twelve uniform numbers)

    bool chance(double share) { return uniform() < share; }

    int integer(int low, int high); ///< low .. high, both included
};

} // namespace siskin
