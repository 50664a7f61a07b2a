// SPDX-License-Identifier: MIT
// Matrix instructions of one warp (PTX ISA manual, "Warp Level Matrix Instructions"): a product of
// a 16-row tile of A with an 8-column tile of B over 32 bytes of the inner dimension, that is 16
// values of 16 bits or 8 float32 values of which 19 bits count (tf32). Both have the same layout in
// 32-bit words, so whoever moves them need not know which it is:
//
//   A  4 words per lane: row lane/4 (+ 8 for words 1 and 3), word lane%4 (+ 4 for words 2 and 3)
//   B  2 words per lane: column lane/4, word lane%4 (+ 4 for the second)
//   D  4 floats per lane: row lane/4 (+ 8 for 2 and 3), columns 2 * (lane%4) and the next
//
// where word w of 16-bit values holds values 2w and 2w + 1.
#pragma once

#include "gpu/simt/number.cuh"

namespace siskin::simt {

/// Values per 32-bit word of an operand.
template <typename T>
inline constexpr int kPerWord = static_cast<int>(4 / sizeof(T));

#if defined(__CUDACC__)

template <typename T>
__device__ inline void
multiplyAdd(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]);

template <>
__device__ inline void
multiplyAdd<Half>(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
                 "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};\n"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

template <>
__device__ inline void
multiplyAdd<BFloat16>(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
                 "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};\n"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

template <>
__device__ inline void
multiplyAdd<float>(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 "
                 "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};\n"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

/// Loads operand A: lane i names the 16 bytes of row i%8 of the i/8-th of four 8 x 16-byte blocks,
/// which become words 0 to 3.
__device__ inline void loadBlocks(std::uint32_t (&words)[4], const void* sharedRow) {
    const auto address = static_cast<unsigned>(__cvta_generic_to_shared(sharedRow));
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];\n"
                 : "=r"(words[0]), "=r"(words[1]), "=r"(words[2]), "=r"(words[3])
                 : "r"(address));
}

#else

/// The values of one word; tf32 takes the upper 19 bits.
template <typename T>
std::array<float, kPerWord<T>> valuesOf(std::uint32_t word) {
    if constexpr (std::is_same_v<T, float>) {
        return {std::bit_cast<float>(word & 0xFFFFE000U)};
    } else {
        return {
            toFloat(T{static_cast<std::uint16_t>(word)}),
            toFloat(T{static_cast<std::uint16_t>(word >> 16U)})};
    }
}

template <typename T>
void multiplyAdd(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
    struct Operands {
        std::array<std::array<float, kPerWord<T>>, 4> a;
        std::array<std::array<float, kPerWord<T>>, 2> b;
    } own;

    for (unsigned i = 0; i < 4; ++i) {
        own.a[i] = valuesOf<T>(a[i]);
    }
    own.b = {valuesOf<T>(b[0]), valuesOf<T>(b[1])};
    const auto* slots = emulator::exchange(&own, sizeof(own));
    const auto operandsOf = [slots](unsigned lane) {
        return reinterpret_cast<const Operands*>(slots + lane * emulator::kSlotBytes);
    };
    const unsigned lane = emulator::laneIndex();
    for (unsigned i = 0; i < 4; ++i) {
        const unsigned column = 2 * (lane % 4) + i % 2;
        for (unsigned word = 0; word < 8; ++word) {
            const auto& left = operandsOf(lane / 4 * 4 + word % 4)->a[i / 2 + word / 4 * 2];
            const auto& right = operandsOf(column * 4 + word % 4)->b[word / 4];
            for (std::size_t v = 0; v < left.size(); ++v) {
                d[i] += left[v] * right[v];
            }
        }
    }
}

inline void loadBlocks(std::uint32_t (&words)[4], const void* sharedRow) {
    const auto* slots = emulator::exchange(&sharedRow, sizeof(sharedRow));
    const unsigned lane = emulator::laneIndex();
    for (unsigned block = 0; block < 4; ++block) {
        const auto* row = emulator::laneValue<const std::byte*>(slots, block * 8 + lane / 4);
        std::memcpy(&words[block], row + (lane % 4) * 4, 4);
    }
}

#endif

} // namespace siskin::simt
