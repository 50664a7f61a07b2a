// SPDX-License-Identifier: MIT
// What every convolution does to its sums before it writes them.
#pragma once

#include "gpu/kernels/conv_job.hpp"
#include "gpu/simt/number.cuh"

namespace siskin::gpu {

/// One value: bias, residual, activation.
template <typename T>
__device__ inline float
finishValue(const ConvEpilogue& epilogue, std::int64_t row, int column, float sum) {
    if (epilogue.bias != nullptr) {
        sum += epilogue.bias[column];
    }
    if (epilogue.residual != nullptr) {
        const auto* residual = static_cast<const T*>(epilogue.residual);
        sum += simt::toFloat(residual[row * epilogue.residualStride + column]);
    }
    return epilogue.relu && sum < 0.0F ? 0.0F : sum;
}

/// Two values as one word where that is aligned.
template <typename T>
struct alignas(2 * sizeof(T)) Pair {
    T first;
    T second;
};

template <typename T>
__device__ inline void storePair(T* to, float first, float second, bool both) {
    const bool aligned = reinterpret_cast<std::uintptr_t>(to) % sizeof(Pair<T>) == 0;
    if (both && aligned) {
        *reinterpret_cast<Pair<T>*>(to) = {simt::fromFloat<T>(first), simt::fromFloat<T>(second)};
        return;
    }
    to[0] = simt::fromFloat<T>(first);
    if (both) {
        to[1] = simt::fromFloat<T>(second);
    }
}

/// Writes columns `column` and, where it exists, the next. `column` may be padding.
template <typename T>
__device__ inline void
finishPair(const ConvEpilogue& epilogue, std::int64_t row, int column, const float (&sums)[2]) {
    if (column >= epilogue.channels) {
        return;
    }
    const bool both = column + 1 < epilogue.channels;
    const float first = finishValue<T>(epilogue, row, column, sums[0]);
    const float second = both ? finishValue<T>(epilogue, row, column + 1, sums[1]) : 0.0F;
    const std::int64_t at = row * epilogue.outStride + column;
    if (epilogue.floatOut) {
        storePair(static_cast<float*>(epilogue.out) + at, first, second, both);
    } else {
        storePair(static_cast<T*>(epilogue.out) + at, first, second, both);
    }
}

} // namespace siskin::gpu
