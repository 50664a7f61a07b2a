// SPDX-License-Identifier: MIT
#include "datasets/synthetic/street/world.hpp"

#include "datasets/synthetic/street/plants.hpp"
#include "datasets/synthetic/street/vehicles.hpp"
#include "datasets/synthetic/street/world_parts.hpp"

#include <numbers>

namespace siskin {

namespace {

constexpr double kSight = 85.0; ///< road beyond both ends of the drive, metres

} // namespace

void Agent::build(Mesh& mesh, const Ground& ground, double time) const {
    const double along = s + speed * time;
    const double across = d + drift * time;
    const double yaw = std::atan2(drift, speed);
    Mesh shape = body;
    const double turns = phase + 0.75 * std::hypot(speed, drift) * time;
    if (kind == AgentKind::Walker) {
        addWalker(shape, *figure, turns);
    } else if (kind == AgentKind::Cyclist) {
        addCyclist(shape, *figure, turns / 3.0);
    }
    append(mesh, shape, ground.place(along, across, yaw));
}

void WorldBuilder::putPerson(const Spot& spot) {
    Mesh part;
    Figure figure(object(StreetKind::Person), random);
    figure.stride = random.uniform(0.0, 0.3);
    addWalker(part, figure, random.uniform());
    put(part, {spot.s, spot.d, random.uniform(-3.1, 3.1)});
}

void WorldBuilder::putMotorcycle(const Spot& spot) {
    Mesh part;
    addMotorcycle(part, object(StreetKind::Motorcycle), random);
    const Rigid onStand = world.ground.place(spot.s, spot.d, spot.yaw) *
                          Rigid::at({}, 0, 0, random.uniform(-0.2, 0.2));
    append(world.mesh, part, onStand);
}

void WorldBuilder::putBicycle(const Spot& spot) {
    Mesh part;
    addBicycle(part, object(StreetKind::Bicycle), random);
    const Rigid onStand = world.ground.place(spot.s, spot.d, spot.yaw) *
                          Rigid::at({}, 0, 0, random.uniform(-0.15, 0.15));
    append(world.mesh, part, onStand);
}

void WorldBuilder::putParked(const Spot& spot) {
    Mesh part;
    const double pick = random.uniform();
    const double turned = random.chance(0.2) ? std::numbers::pi : 0.0;
    if (pick < 0.80) {
        addCar(part, object(StreetKind::Car), random);
    } else if (pick < 0.89) {
        addTruck(part, object(StreetKind::Truck), random);
    } else if (pick < 0.96) {
        addCaravan(part, object(StreetKind::Trailer), random);
    } else {
        addTractor(part, object(StreetKind::Tractor), random);
    }
    put(part, {spot.s, spot.d, spot.yaw + turned + random.uniform(-0.03, 0.03)});
}

void WorldBuilder::putTree(const Spot& spot, double detail) {
    const double pick = random.uniform();
    const TreeKind kind = pick < 0.62   ? TreeKind::Broadleaf
                          : pick < 0.78 ? TreeKind::Conifer
                          : pick < 0.92 ? TreeKind::Young
                                        : TreeKind::Bare;
    Mesh part;
    addTree(part, stuff(StreetKind::Vegetation), random, kind, detail);
    put(part, {spot.s, spot.d, random.uniform(-3, 3)});
}

StreetWorld makeStreetWorld(std::uint64_t seed, double seconds) {
    Random random(seed);
    const double speed = random.uniform(6.0, 12.0);
    StreetWorld world{
        .ground = Ground(random, 2 * kSight + speed * seconds),
        .surfaces = {},
        .mesh = {},
        .agents = {},
        .egoStart = kSight,
        .egoSpeed = speed};
    world.ground.build(world.mesh, world.surfaces, random);
    WorldBuilder builder{world, random};
    for (const int side : {1, -1}) {
        fillLots(builder, side);
        fillKerbs(builder, side);
    }
    fillMedian(builder);
    addTraffic(builder, seconds);
    return world;
}

} // namespace siskin
