// SPDX-License-Identifier: MIT
// Turns with shifts, in double precision: trajectories reach kilometres.
#pragma once

#include "core/scan/scan.hpp"

#include <array>

namespace siskin {

using Pose = std::array<double, 16>; ///< row-major 4 x 4, e.g. sensor to world

/// First `right`, then `left`.
Pose product(const Pose& left, const Pose& right);

/// Inverse of a rotation with translation.
Pose rigidInverse(const Pose& pose);

/// False where the upper left 3 x 3 is no rotation, to 1e-3.
bool isRigid(const Pose& pose);

/// The point, in the frame that `pose` leads to.
Vec3f moved(const Pose& pose, const Vec3f& point);

} // namespace siskin
