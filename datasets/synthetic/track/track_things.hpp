// SPDX-License-Identifier: MIT
// What stands on and beside a race track, each around the origin of its own frame: ground at z = 0.
#pragma once

#include "core/objects/cone.hpp"
#include "datasets/synthetic/random.hpp"
#include "datasets/synthetic/street/surface.hpp"

namespace siskin {

/// A cone of the kind's size, with its stripes: white on blue and orange, black on yellow, two on
/// the big one. Paint and dirt differ from cone to cone.
void addRaceCone(Mesh& mesh, const Brush& brush, Random& random, ConeKind kind);

/// Something about as large as a cone that is none: boxes, drums, buckets, balls, canisters,
/// extinguishers, striped posts, tyres, kerb stones, tufts of grass.
void addSmallThing(Mesh& mesh, const Brush& brush, Random& random);

} // namespace siskin
