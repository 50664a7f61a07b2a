// SPDX-License-Identifier: MIT
// What stands along a street, around the origin of its own frame; ground at z = 0. Signs and lamps
// look along -x (towards a driver who comes along +x), the street lies at +y.
#pragma once

#include "datasets/synthetic/random.hpp"
#include "datasets/synthetic/street/surface.hpp"

namespace siskin {

void addLampPost(Mesh& mesh, const Brush& brush, Random& random);
void addTimberPole(Mesh& mesh, const Brush& brush, Random& random);
void addTrafficLight(Mesh& mesh, const Brush& brush, Random& random);

/// A plate of some shape, or two, on a pole.
void addSign(Mesh& mesh, const Brush& brush, Random& random);

/// A large board on two posts.
void addDirectionSign(Mesh& mesh, const Brush& brush, Random& random);
void addBollard(Mesh& mesh, const Brush& brush, Random& random);
void addBin(Mesh& mesh, const Brush& brush, Random& random);
void addBench(Mesh& mesh, const Brush& brush);
void addTrafficCone(Mesh& mesh, const Brush& brush);

enum class FenceKind { Pickets, Mesh, Rails, Wall, GuardRail, Barrier };

FenceKind randomFence(Random& random);

/// Along x, `length` metres from the origin on.
void addFence(Mesh& mesh, const Brush& brush, Random& random, FenceKind kind, double length);

} // namespace siskin
