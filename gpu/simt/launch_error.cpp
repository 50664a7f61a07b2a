// SPDX-License-Identifier: MIT
#include "gpu/simt/launch_error.cuh"

#include "core/base/error.hpp"

#include <fmt/format.h>

namespace siskin::simt {

void requireSuccess(cudaError_t status, const char* what) {
    if (status == cudaSuccess) {
        return;
    }
    const bool memory = status == cudaErrorMemoryAllocation;
    throw DeviceError(
        fmt::format(
            "CUDA, {}: {} ({})", what, cudaGetErrorString(status), cudaGetErrorName(status)
        ),
        memory ? "close other programs on this GPU, or choose --device cpu"
               : "choose --device cpu to go on without the GPU"
    );
}

} // namespace siskin::simt
