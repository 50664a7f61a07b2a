// SPDX-License-Identifier: MIT
// Sorts and scans over whole arrays: CUB's on a GPU, the standard library's in the emulator.
// `scratch` is called once per operation and returns that many bytes of device memory, 256-byte
// aligned, which must live until the stream is past the operation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace siskin::simt {

struct Stream;

using Scratch = std::function<void*(std::size_t bytes)>;

/// Stable, ascending by the lowest `bits` bits of the keys.
void sortPairs(
    Stream stream,
    const std::uint64_t* keysIn,
    std::uint64_t* keysOut,
    const std::int32_t* valuesIn,
    std::int32_t* valuesOut,
    std::int64_t count,
    int bits,
    const Scratch& scratch
);
void sortPairs(
    Stream stream,
    const std::uint32_t* keysIn,
    std::uint32_t* keysOut,
    const std::int32_t* valuesIn,
    std::int32_t* valuesOut,
    std::int64_t count,
    int bits,
    const Scratch& scratch
);

/// out[i] = in[0] + ... + in[i]
void inclusiveSum(
    Stream stream,
    const std::int32_t* in,
    std::int32_t* out,
    std::int64_t count,
    const Scratch& scratch
);
/// out[i] = in[0] + ... + in[i - 1]
void exclusiveSum(
    Stream stream,
    const std::int32_t* in,
    std::int32_t* out,
    std::int64_t count,
    const Scratch& scratch
);

/// Sets every byte.
void fillBytes(Stream stream, void* memory, unsigned char value, std::size_t bytes);

} // namespace siskin::simt
