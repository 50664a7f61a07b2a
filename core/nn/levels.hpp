// SPDX-License-Identifier: MIT
// The five resolutions of the U-Nets and the kernel maps on and between them.
#pragma once

#include "core/nn/layers.hpp"

#include <array>

namespace siskin {

inline constexpr int kLevels = 5; ///< tensor strides 1, 2, 4, 8, 16

struct Levels {
    std::array<VoxelSet, kLevels> voxels;
    std::array<KernelMapPtr, kLevels> neighbours; ///< submanifold 3x3x3
    KernelMapPtr identity;                        ///< 1x1x1 at stride 1
    std::array<KernelMapPtr, kLevels - 1> down;   ///< level i -> i + 1
    std::array<KernelMapPtr, kLevels - 1> up;     ///< level i + 1 -> i
};

/// Builds all maps, each recorded as a span of kind KernelMap; those made at once
/// (`SparseOps::expectLevels`) have a span before them, "all levels".
Levels buildLevels(const ForwardContext& context, const VoxelSet& finest);

} // namespace siskin
