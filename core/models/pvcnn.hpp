// SPDX-License-Identifier: MIT
// PVCNN (Liu et al., NeurIPS 2019): point-voxel convolutions, then point-wise layers over
// everything seen on the way (models.md 5.2, 5.4).
#pragma once

#include "core/models/point_network.hpp"

namespace siskin {

/// Part segmentation of shapes: channels x, y, z, normal, one-hot category (16) -> 50 parts.
std::unique_ptr<PointNetwork> makePvcnnForShapes(
    double width, Parameters& parameters, const SparseOps& rows, const PointOps& points
);

/// Indoor scenes: nine channels (models.md 4.3) -> 13 classes.
std::unique_ptr<PointNetwork> makePvcnnForRooms(
    double width, Parameters& parameters, const SparseOps& rows, const PointOps& points
);

} // namespace siskin
