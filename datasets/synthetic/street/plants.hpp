// SPDX-License-Identifier: MIT
// Trees, bushes and hedges: many small leaf clusters, so that rays enter to different depths.
#pragma once

#include "datasets/synthetic/random.hpp"
#include "datasets/synthetic/street/surface.hpp"

namespace siskin {

enum class TreeKind { Broadleaf, Conifer, Young, Bare };

/// Around the origin, ground at z = 0. `detail` (0..1] thins out the leaves of far trees. The trunk
/// below the crown is `Trunk`, branches and leaves are `Vegetation`.
void addTree(Mesh& mesh, const Brush& brush, Random& random, TreeKind kind, double detail = 1.0);

void addBush(Mesh& mesh, const Brush& brush, Random& random);

/// A clipped hedge along x: `length` x `depth` x `height` metres, centred, ground at z = 0.
void addHedge(
    Mesh& mesh, const Brush& brush, Random& random, double length, double depth, double height
);

} // namespace siskin
