// SPDX-License-Identifier: MIT
// Best class and softmax confidence per row of logits, four rows at a time: one per lane of the
// compiler's 16-byte vectors, which every 64-bit processor has.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace siskin {

struct BestClass {
    std::uint8_t id;  ///< as `ClassId` of core/scan
    float confidence; ///< softmax probability of that class
};

inline constexpr std::int64_t kLogitLanes = 4;
using FloatLanes __attribute__((vector_size(16))) = float;
using IntLanes __attribute__((vector_size(16))) = std::int32_t;

/// exp(x) for x <= 0, relative error below 3e-7; exp(-87) (about 1e-38) for anything smaller.
inline FloatLanes expOfNonPositive(FloatLanes x) noexcept {
    constexpr float kRound = 12582912.0F; // 1.5 * 2^23: adding it rounds to a whole number
    x = x > -87.0F ? x : FloatLanes{} - 87.0F;
    const FloatLanes power = (x * 1.44269504F + kRound) - kRound;
    const FloatLanes r = (x - power * 0.693359375F) + power * 2.12194440e-4F; // ln 2 in two parts
    FloatLanes sum = r * (1.0F / 5040.0F) + 1.0F / 720.0F; // Taylor series, |r| <= ln(2) / 2
    sum = sum * r + 1.0F / 120.0F;
    sum = sum * r + 1.0F / 24.0F;
    sum = sum * r + 1.0F / 6.0F;
    sum = sum * r + 0.5F;
    sum = sum * r + 1.0F;
    sum = sum * r + 1.0F;
    const IntLanes exponent = (__builtin_convertvector(power, IntLanes) + 127) << 23;
    return sum * std::bit_cast<FloatLanes>(exponent);
}

/// Classes that may be chosen, `first` to `last` inclusive.
struct ClassRange {
    std::int32_t first = 0;
    std::int32_t last = 0;
};

/// `logits` is rows x classes; the best class of the range, among equal logits the first, and its
/// softmax probability over all classes.
inline void bestClasses(
    const float* logits,
    std::int64_t rows,
    std::int64_t classes,
    ClassRange allowed,
    BestClass* result
) {
    for (std::int64_t first = 0; first < rows; first += kLogitLanes) {
        // Past the end, the last row again.
        const auto rowAt = [&](std::int64_t lane) {
            return logits + std::min(first + lane, rows - 1) * classes;
        };
        const float* row[kLogitLanes] = {rowAt(0), rowAt(1), rowAt(2), rowAt(3)};
        const auto valuesOf = [&row](std::int64_t c) {
            return FloatLanes{row[0][c], row[1][c], row[2][c], row[3][c]};
        };
        FloatLanes best = valuesOf(allowed.first);
        IntLanes id = IntLanes{} + allowed.first;
        for (std::int32_t c = allowed.first + 1; c <= allowed.last; ++c) {
            const FloatLanes values = valuesOf(c);
            const IntLanes better = values > best;
            id = better ? IntLanes{} + c : id;
            best = better ? values : best;
        }
        FloatLanes largest = best;
        for (std::int64_t c = 0; c < classes; ++c) {
            const FloatLanes values = valuesOf(c);
            largest = values > largest ? values : largest;
        }
        FloatLanes sum{};
        for (std::int64_t c = 0; c < classes; ++c) {
            sum += expOfNonPositive(valuesOf(c) - largest);
        }
        const FloatLanes confidence = expOfNonPositive(best - largest) / sum;
        for (std::int64_t lane = 0; lane < std::min(kLogitLanes, rows - first); ++lane) {
            result[first + lane] = {static_cast<std::uint8_t>(id[lane]), confidence[lane]};
        }
    }
}

/// The same among all classes.
inline void
bestClasses(const float* logits, std::int64_t rows, std::int64_t classes, BestClass* result) {
    bestClasses(logits, rows, classes, {0, static_cast<std::int32_t>(classes) - 1}, result);
}

} // namespace siskin
