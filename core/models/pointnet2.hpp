// SPDX-License-Identifier: MIT
// PointNet++ (Qi et al., NIPS 2017) for the parts of shapes, as PVCNN's authors build it to compare
// with. Radii and widths are the paper's; models.md 5.6 gives parameter counts only, and from them
// follow the inputs of the layers: the first set abstraction sees the normals, the last propagation
// x, y, z and normals again and, with multi-scale grouping, the one-hot category.
#pragma once

#include "core/models/point_network.hpp"

namespace siskin {

/// Single-scale grouping: 22 channels, of which it ignores the category, -> 50 parts.
std::unique_ptr<PointNetwork>
makePointNet2Ssg(double width, Parameters& parameters, const SparseOps& rows);

/// Multi-scale grouping: x, y, z, normal, one-hot category (16) -> 50 parts.
std::unique_ptr<PointNetwork>
makePointNet2Msg(double width, Parameters& parameters, const SparseOps& rows);

} // namespace siskin
