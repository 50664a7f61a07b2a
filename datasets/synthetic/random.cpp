// SPDX-License-Identifier: MIT
#include "datasets/synthetic/random.hpp"

#include <algorithm>
#include <cmath>

namespace siskin {

Random Random::forPart(std::uint64_t seed, std::uint64_t index) {
    Random mixed(seed);
    Random part(mixed.bits() ^ (index * 0xD1B54A32D192ED03ULL));
    return Random(part.bits());
}

std::uint64_t Random::bits() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
}

double Random::uniform(double low, double high) {
    return low + (high - low) * static_cast<double>(bits() >> 11U) * 0x1.0p-53;
}

double Random::gaussian() {
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) {
        sum += uniform();
    }
    return sum;
}

int Random::integer(int low, int high) {
    return std::min(high, low + static_cast<int>(std::floor(uniform() * (high - low + 1))));
}

} // namespace siskin
