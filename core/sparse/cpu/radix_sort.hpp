// SPDX-License-Identifier: MIT
// Parallel stable least-significant-digit radix sort. Every chunk counts its own digits, so the
// result does not depend on the number of threads.
#pragma once

#include "core/base/parallel.hpp"
#include "core/sparse/cpu/buffer.hpp"

#include <algorithm>
#include <utility>

namespace siskin::cpu {

/// Chunks are this large or larger: at most 64 of them, so that the digit tables stay small.
inline std::int64_t radixChunk(std::int64_t count) {
    return std::max<std::int64_t>(8192, (count + 63) / 64);
}

/// One pass: `to` becomes `from` ordered by digit(item) in [0, digits); equal digits keep their
/// order.
template <typename Item, typename Digit>
void radixPass(const Buffer<Item>& from, Buffer<Item>& to, std::int64_t digits, Digit digit) {
    const std::int64_t count = from.size();
    const std::int64_t grain = radixChunk(count);
    const std::int64_t chunks = (count + grain - 1) / grain;
    Buffer<std::int32_t> position(chunks * digits);
    parallelFor(count, grain, [&](std::int64_t begin, std::int64_t end) {
        auto* histogram = position.data() + begin / grain * digits;
        std::fill_n(histogram, digits, 0);
        for (std::int64_t i = begin; i < end; ++i) {
            ++histogram[digit(from[i])];
        }
    });
    std::int32_t next = 0;
    for (std::int64_t d = 0; d < digits; ++d) {
        for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
            next += std::exchange(position[chunk * digits + d], next);
        }
    }
    parallelFor(count, grain, [&](std::int64_t begin, std::int64_t end) {
        auto* target = position.data() + begin / grain * digits;
        for (std::int64_t i = begin; i < end; ++i) {
            to[target[digit(from[i])]++] = from[i];
        }
    });
}

/// Sorts by the lowest `bits` bits of key(item), a std::uint64_t. At most 2^31-1 items.
template <typename Item, typename Key>
void radixSort(Buffer<Item>& items, int bits, Key key) {
    constexpr int kDigitBits = 11; // a chunk's table of 8 KB stays in the first-level cache
    const int passes = (bits + kDigitBits - 1) / kDigitBits;
    if (passes == 0) {
        return;
    }
    const int digitBits = (bits + passes - 1) / passes;
    const std::uint64_t mask = (std::uint64_t{1} << digitBits) - 1;
    Buffer<Item> scratch(items.size());
    for (int shift = 0; shift < bits; shift += digitBits) {
        radixPass(items, scratch, std::int64_t{1} << digitBits, [&](const Item& item) {
            return (key(item) >> shift) & mask;
        });
        std::swap(items, scratch);
    }
}

} // namespace siskin::cpu
