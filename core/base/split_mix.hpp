// SPDX-License-Identifier: MIT
// Random numbers that are the same on every platform, unlike those of the standard library's
// distributions.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>
#include <vector>

namespace siskin {

/// SplitMix64 (Steele, Lea, Flood 2014; constants of Vigna 2015).
class SplitMix64 {
  public:
    explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

    /// A stream of its own for part `index` of what `seed` seeds.
    SplitMix64(std::uint64_t seed, std::uint64_t index)
        : state_(SplitMix64(seed).bits() ^ SplitMix64(~index).bits()) {}

    std::uint64_t bits() {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }

    double uniform(double low = 0.0, double high = 1.0) { ///< [low, high)
        return low + (high - low) * static_cast<double>(bits() >> 11U) * 0x1.0p-53;
    }

    /// Mean 0, deviation 1 (Box and Muller 1958).
    double gaussian() {
        const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
        return radius * std::cos(2.0 * std::numbers::pi * uniform());
    }

    /// 0 .. count - 1; `count` > 0. The bias, below count / 2^64, does not matter here.
    std::uint64_t below(std::uint64_t count) { return bits() % count; }

    /// The first `chosen` elements become a uniformly random choice, in random order (Fisher and
    /// Yates); all of them are shuffled by default.
    template <typename T>
    void shuffle(std::vector<T>& values, std::size_t chosen = SIZE_MAX) {
        for (std::size_t i = 0; i < values.size() && i < chosen; ++i) {
            std::swap(values[i], values[i + below(values.size() - i)]);
        }
    }

  private:
    std::uint64_t state_;
};

} // namespace siskin
