// SPDX-License-Identifier: MIT
// Houses and other built things.
#pragma once

#include "datasets/synthetic/random.hpp"
#include "datasets/synthetic/street/surface.hpp"

namespace siskin {

struct BuildingPlan {
    double width = 10.0; ///< along x, metres
    double depth = 10.0; ///< along y
    int floors = 2;
    bool gable = true; ///< else a flat roof with a parapet
    bool shops = false;
};

/// The front looks along -y and lies at y = 0, centred in x; ground at z = 0.
void addBuilding(Mesh& mesh, const Brush& brush, Random& random, const BuildingPlan& plan);

/// A bus shelter (`OtherStructure`), open towards -y.
void addShelter(Mesh& mesh, const Brush& brush);

} // namespace siskin
