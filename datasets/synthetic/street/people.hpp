// SPDX-License-Identifier: MIT
// People, around the origin of their own frame: x ahead, y left, z up, ground at z = 0.
#pragma once

#include "datasets/synthetic/random.hpp"
#include "datasets/synthetic/street/surface.hpp"

namespace siskin {

/// What stays the same about a person from frame to frame.
struct Figure {
    double height = 1.75; ///< metres
    double girth = 1.0;   ///< relative
    MeshTag clothes = 0, trousers = 0, skin = 0;
    bool backpack = false, coat = false;
    double stride = 0.35; ///< radians that the legs swing

    Figure(const Brush& brush, Random& random);
};

/// `phase` in turns of the walk; standing people have a stride of their own near 0.
void addWalker(Mesh& mesh, const Figure& figure, double phase);

/// Sits on a bicycle of `addBicycle` (`phase`: turns of the pedals).
void addCyclist(Mesh& mesh, const Figure& figure, double phase);

/// Sits on a motorcycle or scooter of `addMotorcycle`.
void addMotorRider(Mesh& mesh, const Figure& figure);

} // namespace siskin
