// SPDX-License-Identifier: MIT
// PVCNN++ (Liu et al., NeurIPS 2019): PointNet++ whose stages begin with point-voxel convolutions
// (models.md 5.3).
#pragma once

#include "core/models/point_network.hpp"

namespace siskin {

/// Indoor scenes: nine channels (models.md 4.3) -> 13 classes.
std::unique_ptr<PointNetwork>
makePvcnn2(double width, Parameters& parameters, const SparseOps& rows, const PointOps& points);

} // namespace siskin
