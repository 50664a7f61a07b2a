// SPDX-License-Identifier: MIT
#include "gpu/simt/primitives.hpp"
#include "gpu/simt/simt.cuh"

#include <algorithm>
#include <numeric>
#include <vector>

namespace siskin::simt {

namespace {

template <typename Key>
void sort(
    const Key* keysIn,
    Key* keysOut,
    const std::int32_t* valuesIn,
    std::int32_t* valuesOut,
    std::int64_t count,
    int bits
) {
    const Key mask = bits >= static_cast<int>(8 * sizeof(Key)) ? ~Key{0} : (Key{1} << bits) - 1;
    std::vector<std::int64_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
        return (keysIn[a] & mask) < (keysIn[b] & mask);
    });
    for (std::int64_t i = 0; i < count; ++i) {
        keysOut[i] = keysIn[order[static_cast<std::size_t>(i)]];
        valuesOut[i] = valuesIn[order[static_cast<std::size_t>(i)]];
    }
}

} // namespace

void sortPairs(
    Stream,
    const std::uint64_t* keysIn,
    std::uint64_t* keysOut,
    const std::int32_t* valuesIn,
    std::int32_t* valuesOut,
    std::int64_t count,
    int bits,
    const Scratch& scratch
) {
    scratch(256);
    sort(keysIn, keysOut, valuesIn, valuesOut, count, bits);
}

void sortPairs(
    Stream,
    const std::uint32_t* keysIn,
    std::uint32_t* keysOut,
    const std::int32_t* valuesIn,
    std::int32_t* valuesOut,
    std::int64_t count,
    int bits,
    const Scratch& scratch
) {
    scratch(256);
    sort(keysIn, keysOut, valuesIn, valuesOut, count, bits);
}

void inclusiveSum(
    Stream, const std::int32_t* in, std::int32_t* out, std::int64_t count, const Scratch& scratch
) {
    scratch(256);
    std::inclusive_scan(in, in + count, out);
}

void exclusiveSum(
    Stream, const std::int32_t* in, std::int32_t* out, std::int64_t count, const Scratch& scratch
) {
    scratch(256);
    std::exclusive_scan(in, in + count, out, 0);
}

void fillBytes(Stream, void* memory, unsigned char value, std::size_t bytes) {
    std::fill_n(static_cast<unsigned char*>(memory), bytes, value);
}

} // namespace siskin::simt
