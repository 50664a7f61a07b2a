// SPDX-License-Identifier: MIT
// The convolutions of a network, run again through other people's kernels on the same maps.
#pragma once

#include "core/nn/levels.hpp"
#include "core/trace/trace.hpp"

#include <optional>
#include <vector>

namespace siskin::bench {

/// Seconds that one layer's convolution takes elsewhere, kernel map given.
struct BaselineTimes {
    std::optional<double> open3d; ///< Open3D's header kernel; empty when built without it
    double libtorch = 0.0;        ///< index_select + mm + index_add per kernel offset
};

/// The kernel maps of the U-Nets on the voxels of a frame.
Levels levelsOf(const VoxelSet& voxels);

/// Runs the shape of `layer` (rows, channels, pairs: found among `levels`) `runs` times through
/// each baseline and keeps the medians. Empty for a layer that is no convolution over `levels`.
std::optional<BaselineTimes> timeBaselines(const Span& layer, const Levels& levels, int runs);

} // namespace siskin::bench
