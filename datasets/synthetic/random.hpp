// SPDX-License-Identifier: MIT
// The random numbers of everything that is made here.
#pragma once

#include <cstdint>

namespace siskin {

/// SplitMix64 (Vigna 2015): unlike the standard library's distributions, the same on every
/// platform.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    /// A stream of its own for part `index` of something seeded with `seed`: neither the order in
    /// which parts are made nor the number of threads changes what a part draws.
    static Random forPart(std::uint64_t seed, std::uint64_t index);

    std::uint64_t bits();
    double uniform(double low = 0.0, double high = 1.0); ///< [low, high)
    double gaussian(); ///< mean 0, deviation 1 (sum of twelve uniform numbers)

    bool chance(double share) { return uniform() < share; }

    int integer(int low, int high); ///< low .. high, both included

  private:
    std::uint64_t state_;
};

} // namespace siskin
