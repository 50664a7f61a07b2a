// SPDX-License-Identifier: MIT
// The compiler's vector types, with loads and stores at any float address. Include only from
// *_impl.hpp: the names are per translation unit, so that no instruction set leaks into another.
#pragma once

#include <cstdint>

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace siskin::cpu {
namespace {

template <int Floats>
struct VectorOf {
    using Type __attribute__((vector_size(Floats * 4))) = float;
    using Unaligned __attribute__((vector_size(Floats * 4), aligned(4), may_alias)) = float;
};

template <int Floats>
using Vector = typename VectorOf<Floats>::Type;

template <int Floats>
inline Vector<Floats> load(const float* from) {
    return *reinterpret_cast<const typename VectorOf<Floats>::Unaligned*>(from);
}

template <int Floats>
inline void store(float* to, Vector<Floats> value) {
    *reinterpret_cast<typename VectorOf<Floats>::Unaligned*>(to) = value;
}

/// A register of `Floats` lanes that repeats the `Words` (1, 2 or 4) words at `from`.
template <int Floats, int Words>
inline Vector<Floats> broadcast(const float* from) {
    if constexpr (Words == 1) {
        return *from - Vector<Floats>{};
    } else if constexpr (Words == 2) {
        using Pair __attribute__((aligned(4), may_alias)) = std::int64_t;
        using Pairs __attribute__((vector_size(Floats * 4))) = std::int64_t;
        const Pairs value = *reinterpret_cast<const Pair*>(from) + Pairs{};
        return __builtin_bit_cast(Vector<Floats>, value);
    } else {
        static_assert(Words == 4 && Floats == 16);
#if defined(__AVX512F__) // the compiler's own shuffles take a detour through memory here
        return _mm512_broadcast_f32x4(_mm_loadu_ps(from));
#endif
    }
}

} // namespace
} // namespace siskin::cpu
