// SPDX-License-Identifier: MIT
// PointNet (Qi et al., CVPR 2017), as PVCNN's authors build it to compare with: shared MLPs over
// the points and their maximum over the cloud, without learned transforms. models.md 5.6 gives
// parameter counts only: the widths are the paper's, what is joined for the classifier and the
// names of the tensors are derived from the counts and from the networks that models.md spells out.
#pragma once

#include "core/models/point_network.hpp"

namespace siskin {

/// Part segmentation of shapes: channels x, y, z, one-hot category (16) -> 50 parts.
std::unique_ptr<PointNetwork>
makePointNetForShapes(double width, Parameters& parameters, const SparseOps& rows);

/// Indoor scenes: nine channels (models.md 4.3) -> 13 classes.
std::unique_ptr<PointNetwork>
makePointNetForRooms(double width, Parameters& parameters, const SparseOps& rows);

} // namespace siskin
