// SPDX-License-Identifier: MIT
// `simt.cuh` for a GPU. Included by it alone.
#pragma once

#include "gpu/simt/launch_error.cuh"

#include <cuda_runtime.h>

/// Before a loop of constant length: so that arrays it indexes stay in registers.
#define SISKIN_UNROLL _Pragma("unroll")

namespace siskin::simt {

/// Starts `kernel` on a stream. Throws `DeviceError` when the driver refuses; does not wait.
template <typename... Parameters, typename... Arguments>
void launch(
    Stream stream, const LaunchShape& shape, void (*kernel)(Parameters...), Arguments... arguments
) {
    constexpr std::size_t kWithoutAsking = 48 * 1024;
    if (shape.blocksX == 0 || shape.blocksY == 0 || shape.blocksZ == 0) {
        return;
    }
    if (shape.sharedBytes > kWithoutAsking) {
        requireSuccess(
            cudaFuncSetAttribute(
                reinterpret_cast<const void*>(kernel),
                cudaFuncAttributeMaxDynamicSharedMemorySize,
                static_cast<int>(shape.sharedBytes)
            ),
            "shared memory of a kernel"
        );
    }
    kernel<<<
        dim3(shape.blocksX, shape.blocksY, shape.blocksZ),
        shape.threads,
        shape.sharedBytes,
        static_cast<cudaStream_t>(stream.handle)>>>(Parameters(arguments)...);
    requireSuccess(cudaGetLastError(), "starting a kernel");
}

/// The block's dynamic shared memory, 128-byte aligned.
__device__ inline unsigned char* dynamicShared() {
    extern __shared__ __align__(128) unsigned char buffer[];
    return buffer;
}

/// Begins a copy of 16 bytes into shared memory of which `bytes` (0..16) come from `global` and
/// the rest are zeros. Both addresses are multiples of 16.
__device__ inline void copyAsync16(void* shared, const void* global, int bytes) {
    const auto address = static_cast<unsigned>(__cvta_generic_to_shared(shared));
    asm volatile(
        "cp.async.cg.shared.global [%0], [%1], 16, %2;\n" ::"r"(address), "l"(global), "r"(bytes)
    );
}

/// Ends a group of copies.
__device__ inline void commitCopies() {
    asm volatile("cp.async.commit_group;\n" ::);
}

/// Waits until at most `Pending` of this thread's groups are under way.
template <int Pending>
__device__ inline void waitCopies() {
    asm volatile("cp.async.wait_group %0;\n" ::"n"(Pending));
}

} // namespace siskin::simt
