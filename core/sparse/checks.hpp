// SPDX-License-Identifier: MIT
// Argument checks shared by the implementations of SparseOps.
#pragma once

#include "core/sparse/sparse_ops.hpp"

#include <optional>

namespace siskin {

/// Throws `DeviceError` naming the operand unless it is a matrix of that type and size with unit
/// channel stride.
void requireMatrix(
    const torch::Tensor& tensor,
    const char* operand,
    std::int64_t rows,
    std::int64_t channels,
    torch::ScalarType type = torch::kFloat32
);

/// Checks of `SparseOps::convolve`. `type` is that of the features and the shortcut; `outType` that
/// of `out`, where it is another.
void requireConvolution(
    const torch::Tensor& features,
    const KernelMap& map,
    const PreparedConv& conv,
    const Shortcut& shortcut,
    const torch::Tensor& out,
    torch::ScalarType type = torch::kFloat32,
    std::optional<torch::ScalarType> outType = std::nullopt
);

/// Checks of `SparseOps::labelPoints`.
void requireLabels(
    const torch::Tensor& logits,
    const torch::Tensor& pointToVoxel,
    std::span<const std::uint8_t> classIds,
    std::span<const float> confidence
);

/// Checks of `SparseOps::prepare`.
void requireWeights(const torch::Tensor& weight, const torch::Tensor& bias);

/// Checks of `SparseOps::mapFromPairs`; returns the pairs sorted by (kernel index, output row).
torch::Tensor
requirePairs(const torch::Tensor& pairs, int volume, std::int64_t rowsIn, std::int64_t rowsOut);

/// Checks of `unique` (int32 [M, 4]) and `quantize` (float32 [N, 3]).
void requireCoordinates(const torch::Tensor& coords);
void requirePositions(const torch::Tensor& positions);

/// Largest voxel coordinate that `quantize` accepts on either side of 0.
inline constexpr float kLargestCoordinate = 1073741824.0F; // 2^30

[[noreturn]] void throwCoordinateTooLarge(std::int64_t row, float voxelSize);

} // namespace siskin
