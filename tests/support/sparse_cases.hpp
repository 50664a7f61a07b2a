// SPDX-License-Identifier: MIT
// The one list of cases that every implementation of the sparse core is tested (and benchmarked)
// on, and a brute-force kernel map to compare with.
#pragma once

#include "core/sparse/sparse_ops.hpp"

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace siskin::test {

/// A set of coordinates to build voxels from.
struct CoordinateCase {
    std::string name;
    torch::Tensor coords; ///< int32 [M, 4], may repeat
};

/// Empty, one voxel, all points in one voxel, negative, huge, batches, dense, a surface.
std::vector<CoordinateCase> coordinateCases();

/// `count` random coordinates in [low, high) per axis, batch 0 .. batches-1.
torch::Tensor
randomCoordinates(std::int64_t count, int low, int high, int batches, std::uint64_t seed);

/// float32 [rows, columns], standard normal.
torch::Tensor randomMatrix(std::int64_t rows, std::int64_t columns, std::uint64_t seed);

using Pair = std::array<std::int64_t, 3>; ///< kernel index, input row, output row

/// O(V x kernel) look-up in a std::map; sorted by (kernel index, output row).
std::vector<Pair> bruteForceSubmanifold(const VoxelSet& voxels, int kernelSize);
std::vector<Pair> bruteForceDown(const VoxelSet& fine, const VoxelSet& coarse);

std::vector<Pair> pairsOf(const KernelMap& map);

/// A convolution straight from its definition, in float64.
torch::Tensor convolveInDouble(
    const torch::Tensor& features,
    const KernelMap& map,
    const torch::Tensor& weight,
    const torch::Tensor& bias = {},
    const torch::Tensor& residual = {},
    bool relu = false
);

} // namespace siskin::test
