// SPDX-License-Identifier: MIT
#include "gpu/simt/primitives.hpp"
#include "gpu/simt/simt.cuh"

#include <cub/device/device_radix_sort.cuh>
#include <cub/device/device_scan.cuh>

namespace siskin::simt {

namespace {

cudaStream_t native(Stream stream) {
    return static_cast<cudaStream_t>(stream.handle);
}

/// CUB's way: a first call tells how much memory the second needs.
template <typename Operation>
void runWithScratch(const Scratch& scratch, Operation operation) {
    std::size_t bytes = 0;
    requireSuccess(operation(nullptr, bytes), "asking for scratch memory");
    void* const memory = scratch(bytes);
    requireSuccess(operation(memory, bytes), "a sort or scan");
}

template <typename Key>
void sort(
    Stream stream,
    const Key* keysIn,
    Key* keysOut,
    const std::int32_t* valuesIn,
    std::int32_t* valuesOut,
    std::int64_t count,
    int bits,
    const Scratch& scratch
) {
    if (count == 0) {
        return;
    }
    runWithScratch(scratch, [&](void* memory, std::size_t& bytes) {
        return cub::DeviceRadixSort::SortPairs(
            memory, bytes, keysIn, keysOut, valuesIn, valuesOut, count, 0, bits, native(stream)
        );
    });
}

} // namespace

void sortPairs(
    Stream stream,
    const std::uint64_t* keysIn,
    std::uint64_t* keysOut,
    const std::int32_t* valuesIn,
    std::int32_t* valuesOut,
    std::int64_t count,
    int bits,
    const Scratch& scratch
) {
    sort(stream, keysIn, keysOut, valuesIn, valuesOut, count, bits, scratch);
}

void sortPairs(
    Stream stream,
    const std::uint32_t* keysIn,
    std::uint32_t* keysOut,
    const std::int32_t* valuesIn,
    std::int32_t* valuesOut,
    std::int64_t count,
    int bits,
    const Scratch& scratch
) {
    sort(stream, keysIn, keysOut, valuesIn, valuesOut, count, bits, scratch);
}

void inclusiveSum(
    Stream stream,
    const std::int32_t* in,
    std::int32_t* out,
    std::int64_t count,
    const Scratch& scratch
) {
    if (count == 0) {
        return;
    }
    runWithScratch(scratch, [&](void* memory, std::size_t& bytes) {
        return cub::DeviceScan::InclusiveSum(memory, bytes, in, out, count, native(stream));
    });
}

void exclusiveSum(
    Stream stream,
    const std::int32_t* in,
    std::int32_t* out,
    std::int64_t count,
    const Scratch& scratch
) {
    if (count == 0) {
        return;
    }
    runWithScratch(scratch, [&](void* memory, std::size_t& bytes) {
        return cub::DeviceScan::ExclusiveSum(memory, bytes, in, out, count, native(stream));
    });
}

void fillBytes(Stream stream, void* memory, unsigned char value, std::size_t bytes) {
    if (bytes > 0) {
        requireSuccess(cudaMemsetAsync(memory, value, bytes, native(stream)), "clearing memory");
    }
}

} // namespace siskin::simt
