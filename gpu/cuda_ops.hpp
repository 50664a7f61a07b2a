// SPDX-License-Identifier: MIT
// The CUDA implementation of the sparse core. Free of CUDA's own headers.
#pragma once

#include "core/sparse/sparse_ops.hpp"
#include "gpu/cuda_conv.hpp"

namespace siskin {

struct CudaOptions {
    Precision precision = Precision::Float32;
    gpu::DataFlow flow = gpu::DataFlow::Fused;
    gpu::TilingChoice choice{};
};

/// Computes on LibTorch's current CUDA device and stream; features are stored in the 16-bit format
/// that `precision` multiplies in, else in float32. Voxel rows come in Morton order. Results do not
/// depend on timing: the same input gives the same bits. Throws `DeviceError` when there is no
/// device, or none for `precision`.
std::shared_ptr<const SparseOps> makeCudaOps(const CudaOptions& options = {});

} // namespace siskin
