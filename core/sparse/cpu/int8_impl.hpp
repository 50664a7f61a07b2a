// SPDX-License-Identifier: MIT
// What the 8-bit kernels of all instruction sets share. Include only from kernels_*_int8.cpp.
#pragma once

#include "core/sparse/cpu/kernels_impl.hpp"

namespace siskin::cpu {
namespace {

/// Sums are 32-bit integers, exact; `sums` only carries their bits.
template <int Fold>
inline float integerTotal(const float* parts, const float* scale) {
    std::int32_t sum = 0;
    for (int f = 0; f < Fold; ++f) {
        sum += __builtin_bit_cast(std::int32_t, parts[f]);
    }
    return static_cast<float>(sum) * *scale;
}

} // namespace
} // namespace siskin::cpu
