// SPDX-License-Identifier: MIT
// Feature tensors as kernels take them.
#pragma once

#include "gpu/kernels/features.hpp"

#include <torch/types.h>

namespace siskin::gpu {

inline FeatureRows rowsOf(const torch::Tensor& matrix) {
    return {matrix.data_ptr(), matrix.stride(0), matrix.size(0), static_cast<int>(matrix.size(1))};
}

/// The format that moves features of this type.
inline Format formatMoving(const torch::Tensor& features) {
    switch (features.scalar_type()) {
    case torch::kFloat16:
        return Format::Float16;
    case torch::kBFloat16:
        return Format::BFloat16;
    default:
        return Format::TensorFloat32;
    }
}

} // namespace siskin::gpu
