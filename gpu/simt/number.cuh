// SPDX-License-Identifier: MIT
// The formats that features are stored in on a GPU, as plain bits: kernels load and store them, and
// compute in float.
#pragma once

#include "gpu/simt/simt.cuh"

#if defined(__CUDACC__)
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#else
#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>
#endif

namespace siskin::simt {

struct Half {
    std::uint16_t bits;
};

struct BFloat16 {
    std::uint16_t bits;
};

__device__ inline float toFloat(float value) {
    return value;
}

#if defined(__CUDACC__)

__device__ inline float toFloat(Half value) {
    return __half2float(__ushort_as_half(value.bits));
}

__device__ inline float toFloat(BFloat16 value) {
    return __bfloat162float(__ushort_as_bfloat16(value.bits));
}

/// Rounded to nearest, ties to even.
template <typename T>
__device__ inline T fromFloat(float value);

template <>
__device__ inline float fromFloat<float>(float value) {
    return value;
}

template <>
__device__ inline Half fromFloat<Half>(float value) {
    return {__half_as_ushort(__float2half_rn(value))};
}

template <>
__device__ inline BFloat16 fromFloat<BFloat16>(float value) {
    return {__bfloat16_as_ushort(__float2bfloat16_rn(value))};
}

#else

inline float toFloat(Half value) {
    return c10::Half(value.bits, c10::Half::from_bits());
}

inline float toFloat(BFloat16 value) {
    return c10::BFloat16(value.bits, c10::BFloat16::from_bits());
}

template <typename T>
T fromFloat(float value) {
    if constexpr (std::is_same_v<T, Half>) {
        return {c10::Half(value).x};
    } else if constexpr (std::is_same_v<T, BFloat16>) {
        return {c10::BFloat16(value).x};
    } else {
        return value;
    }
}

#endif

} // namespace siskin::simt
