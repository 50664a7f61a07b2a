// SPDX-License-Identifier: MIT
// The steps of makeStreetWorld.
#pragma once

#include "datasets/synthetic/street/world.hpp"

namespace siskin {

/// A place on the street. In braces its numbers are drawn from left to right, which the arguments
/// of a function are not.
struct Spot {
    double s;         ///< along the road, metres
    double d;         ///< from the centre line, metres
    double yaw = 0.0; ///< against the road's direction, radians
};

/// A world in the making: puts objects down and counts them.
struct WorldBuilder {
    StreetWorld& world;
    Random& random;
    std::uint16_t instances = 0;

    /// Brush of one counted object, and of things that are not counted.
    Brush object(StreetKind kind, bool moving = false) {
        return {world.surfaces, kind, moving, ++instances};
    }

    Brush stuff(StreetKind kind) { return {world.surfaces, kind}; }

    void put(const Mesh& part, const Spot& spot) {
        append(world.mesh, part, world.ground.place(spot.s, spot.d, spot.yaw));
    }

    void putPerson(const Spot& spot);
    void putMotorcycle(const Spot& spot);
    void putBicycle(const Spot& spot);
    /// A parked vehicle: mostly a car, sometimes something rarer.
    void putParked(const Spot& spot);
    void putTree(const Spot& spot, double detail = 1.0);
};

void fillLots(WorldBuilder& builder, int side);
void fillKerbs(WorldBuilder& builder, int side);
void fillMedian(WorldBuilder& builder);
void addTraffic(WorldBuilder& builder, double seconds);

} // namespace siskin
