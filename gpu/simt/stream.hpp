// SPDX-License-Identifier: MIT
// What a caller of kernels needs to know of a GPU, without a word of CUDA.
#pragma once

#include <cstddef>
#include <cstdint>

namespace siskin::simt {

/// A cudaStream_t. Null: the default stream.
struct Stream {
    void* handle = nullptr;
};

struct LaunchShape {
    unsigned blocksX = 1;
    unsigned blocksY = 1;
    unsigned blocksZ = 1;
    unsigned threads = 256;      ///< per block, a multiple of 32
    std::size_t sharedBytes = 0; ///< dynamic, beyond what the kernel declares
};

inline constexpr unsigned kWarp = 32;
inline constexpr unsigned kAllLanes = 0xFFFFFFFFU;

constexpr std::int64_t divideUp(std::int64_t value, std::int64_t by) {
    return (value + by - 1) / by;
}

/// One thread per item.
constexpr LaunchShape shapeFor(std::int64_t items, unsigned threads = 256) {
    return {.blocksX = static_cast<unsigned>(divideUp(items, threads)), .threads = threads};
}

} // namespace siskin::simt
