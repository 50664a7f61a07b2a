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
