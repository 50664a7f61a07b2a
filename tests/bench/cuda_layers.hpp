// SPDX-License-Identifier: MIT
// How well the cost model knows the device: its estimate beside the measured time, layer by layer,
// and whether another way of cutting a layer into tiles would have been faster.
#pragma once

#include "tests/bench/cuda_times.hpp"

#include <nlohmann/json_fwd.hpp>

namespace siskin::bench {

/// Prints every layer of one pass, each repeated `runs` times by itself.
void printLayers(const CudaNetwork& network, const VoxelFrame& frame, int runs);

/// Does every different layer in every way that the cost model chooses from. For the data flow
/// that asks it (fused).
void printSweep(const CudaNetwork& network, const VoxelFrame& frame, int runs);

/// Widths and convolutions of a MinkUNet, for other engines' benchmarks.
nlohmann::json describe(const CudaNetwork& network, const VoxelFrame& frame);

} // namespace siskin::bench
