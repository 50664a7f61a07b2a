// SPDX-License-Identifier: MIT
// One definition of a cloud's centre for all implementations.
#pragma once

#include <torch/types.h>

namespace siskin::points {

/// (B, 3, N) -> [B, 3]. LibTorch's float32 mean on purpose, not a better one: trained networks were
/// made with it, and deep ones (PVCNN++) turn its last bit into 1e-3 of a logit.
inline torch::Tensor cloudMeans(const torch::Tensor& coords) {
    return coords.contiguous().mean(2);
}

} // namespace siskin::points
