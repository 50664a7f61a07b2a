// SPDX-License-Identifier: MIT
#pragma once

#include "core/points/point_ops.hpp"

namespace siskin {

/// `PointOps` on an NVIDIA GPU, called "cuda". Arguments and results lie in the GPU's memory. Finds
/// the same neighbours as the others, and the same results in every run. Throws `DeviceError`, with
/// the reason, where there is no GPU that it can use.
std::shared_ptr<const PointOps> makeCudaPointOps();

} // namespace siskin
