// SPDX-License-Identifier: MIT
// What chairs and tables stand on.
#pragma once

#include "datasets/synthetic/mesh.hpp"
#include "datasets/synthetic/random.hpp"

namespace siskin {

/// Four legs near the corners of a (`halfX` x `halfZ`) plate at `height`, with or without
/// stretchers.
void addFourLegs(
    Mesh& mesh, MeshTag tag, double halfX, double halfZ, double height, Random& random
);

/// A column on a star with castors, or on a round foot of radius `reach`.
void addPedestal(Mesh& mesh, MeshTag tag, double reach, double height, Random& random);

} // namespace siskin
