// SPDX-License-Identifier: MIT
// Conversion of float32 rows, sixteen channels at a time. Include only from kernels_avx512_*.cpp.
#pragma once

#include "core/sparse/cpu/kernels.hpp"

#include <immintrin.h>

namespace siskin::cpu {
namespace {

/// Writes rows of `words` words: `convert(values, c)` turns channels c .. c + 15 (zero beyond the
/// last) into values of `Bytes` bytes each, `storeMasked(target, mask, converted)` stores them.
template <int Bytes, class Convert, class StoreMasked>
inline void encodeRows512(
    ConstRows in,
    std::int64_t rows,
    std::int64_t channels,
    std::int64_t words,
    float* to,
    Convert convert,
    StoreMasked storeMasked
) {
    const auto maskOf = [](std::int64_t left) {
        return static_cast<__mmask16>(left >= 16 ? 0xFFFF : left <= 0 ? 0 : (1 << left) - 1);
    };
    const std::int64_t width = words * 4 / Bytes;
    for (std::int64_t r = 0; r < rows; ++r) {
        const float* from = in.data + r * in.stride;
        auto* target = reinterpret_cast<unsigned char*>(to + r * words);
        for (std::int64_t c = 0; c < width; c += 16) {
            const __m512 values = _mm512_maskz_loadu_ps(maskOf(channels - c), from + c);
            storeMasked(target + c * Bytes, maskOf(width - c), convert(values, c));
        }
    }
}

} // namespace
} // namespace siskin::cpu
