// SPDX-License-Identifier: MIT
// Vehicles, each around the origin of its own frame: x ahead, y left, z up, ground at z = 0.
#pragma once

#include "datasets/synthetic/random.hpp"
#include "datasets/synthetic/street/surface.hpp"

namespace siskin {

/// Hatchback, sedan, estate, SUV or van, about 3.7 to 5.5 m long.
void addCar(Mesh& mesh, const Brush& brush, Random& random);

/// Cab and box, tank, tipper or flat bed; 6 to 10 m long, up to 3.9 m high.
void addTruck(Mesh& mesh, const Brush& brush, Random& random);

void addBus(Mesh& mesh, const Brush& brush, Random& random);
void addCaravan(Mesh& mesh, const Brush& brush, Random& random);
void addTractor(Mesh& mesh, const Brush& brush, Random& random);
void addExcavator(Mesh& mesh, const Brush& brush, Random& random);

/// Two thin wheels and a frame of tubes.
void addBicycle(Mesh& mesh, const Brush& brush, Random& random);

/// A motorcycle, or a scooter.
void addMotorcycle(Mesh& mesh, const Brush& brush, Random& random);

/// A wheel whose axle points along y.
void addWheel(
    Mesh& mesh,
    MeshTag tyre,
    MeshTag hub,
    const Vec3d& centre,
    double radius,
    double width,
    int sides = 14
);

/// Colour of a car's paint.
Material randomPaint(Random& random);

} // namespace siskin
