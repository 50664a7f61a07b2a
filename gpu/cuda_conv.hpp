// SPDX-License-Identifier: MIT
// Sparse convolution on a GPU: weights prepared for it, and the ways to compute it.
#pragma once

#include "gpu/kernel_map.hpp"
#include "gpu/packed_weights.hpp"

#include <optional>

namespace siskin::gpu {

/// How a convolution moves its data (engines.md 2.2). The last two are the yardsticks of the
/// benchmarks, written as well as such engines are.
enum class DataFlow {
    Fused,         ///< implicit GEMM, offsets in as many sorted splits as the cost model says
    SingleSort,    ///< implicit GEMM over one sorted order; bias, shortcut and ReLU are passes of
                   ///< their own
    GatherScatter, ///< per offset: gather rows, multiply with cuBLAS, add to the sums
};

class CudaConv final : public PreparedConv {
  public:
    /// `weight` and `bias` on the host. Without a format: float32 arithmetic.
    CudaConv(
        const torch::Tensor& weight,
        const torch::Tensor& bias,
        Activation activation,
        std::optional<Format> format,
        DataFlow flow
    );

    std::optional<Format> format;
    DataFlow flow;
    bool splitInput = false; ///< float32 input comes as high and low parts, see `splitFloats`
    int channelsPadded = 0;  ///< of the input as the kernel sees it
    torch::Tensor packed{};  ///< int32 (bits), for tiles
    torch::Tensor plain{};   ///< [volume, in, out] in the format of the features
    torch::Tensor bias{};    ///< float32, padded to whole groups; undefined without
};

/// Type in which features are stored.
torch::ScalarType storageType(std::optional<Format> format);

/// Uninitialised rows that start at multiples of 16 bytes.
torch::Tensor newFeatureRows(std::int64_t rows, std::int64_t channels, torch::ScalarType type);

/// Tiles and order in which `convolve` does it: not for float32 arithmetic or gathered rows, which
/// have neither.
Tiling tilingOf(const CudaKernelMap& map, const CudaConv& conv, TilingChoice choice);

/// See `SparseOps::convolve`. Results without an activation (logits) are float32.
torch::Tensor convolve(
    const torch::Tensor& features,
    const CudaKernelMap& map,
    const CudaConv& conv,
    const Shortcut& shortcut,
    const torch::Tensor& out,
    const TilingChoice& choice
);

} // namespace siskin::gpu
