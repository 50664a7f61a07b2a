// SPDX-License-Identifier: MIT
// Voxel lists that whole networks are timed on, and their exchange with other engines' benchmarks.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace siskin::bench {

/// The occupied voxels of one scan, in the order of their first points, in the processor's memory.
struct VoxelFrame {
    std::string name;
    torch::Tensor coords;   ///< int32 [V, 4]: batch, x, y, z, not negative
    torch::Tensor features; ///< float32 [V, 4]: x, y, z (metres), remission
};

struct FramePlan {
    std::vector<std::string> scans; ///< files, .npz ones as `saveFrames` writes them; none: streets
    std::size_t streets = 10;       ///< made-up frames
    std::uint64_t seed = 1;
    double radius = 0.0; ///< metres around the sensor that count; 0: all
    int batch = 1;       ///< so many scans side by side in each frame
};

/// Throws `DatasetError` when a scan cannot be read or nothing of it is left.
std::vector<VoxelFrame> makeFrames(const FramePlan& plan);

/// Writes `<folder>/<number>.npz` with the arrays "coords" and "features" for each.
void saveFrames(const std::vector<VoxelFrame>& frames, const std::filesystem::path& folder);

} // namespace siskin::bench
