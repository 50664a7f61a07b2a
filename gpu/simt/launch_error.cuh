// SPDX-License-Identifier: MIT
#pragma once

#include <cuda_runtime_api.h>

namespace siskin::simt {

/// Throws `DeviceError` with CUDA's own words unless `status` is success.
void requireSuccess(cudaError_t status, const char* what);

} // namespace siskin::simt
