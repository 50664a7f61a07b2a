// SPDX-License-Identifier: MIT
// What moves: vehicles in the lanes, cyclists at their edges, people on the sidewalks.
#include "datasets/synthetic/street/vehicles.hpp"
#include "datasets/synthetic/street/world_parts.hpp"

namespace siskin {

namespace {

/// A vehicle of a lane, with the room that it takes.
Agent drawVehicle(WorldBuilder& builder, double& room) {
    Random& random = builder.random;
    Agent agent;
    const double pick = random.uniform();
    room = 12.0;
    if (pick < 0.40) {
        addCar(agent.body, builder.object(StreetKind::Car, true), random);
    } else if (pick < 0.76) {
        const Brush brush = builder.object(StreetKind::Motorcyclist, true);
        addMotorcycle(agent.body, brush, random);
        addMotorRider(agent.body, Figure(brush, random));
        room = 8.0;
    } else if (pick < 0.85) {
        addTruck(agent.body, builder.object(StreetKind::Truck, true), random);
        room = 16.0;
    } else if (pick < 0.93) {
        addBus(agent.body, builder.object(StreetKind::Bus, true), random);
        room = 18.0;
    } else {
        addTractor(agent.body, builder.object(StreetKind::Tractor, true), random);
    }
    return agent;
}

/// Vehicles from `first` to `last` along the road at time 0, all with one speed.
void fillLane(
    WorldBuilder& builder, double d, double speed, double first, double last, double keepFree
) {
    for (double s = first; s < last;) {
        double room = 0.0;
        Agent agent = drawVehicle(builder, room);
        s += room / 2;
        if (std::abs(s - keepFree) > 9.0 + room / 2) {
            agent.s = s;
            agent.d = d + builder.random.uniform(-0.25, 0.25);
            agent.speed = speed;
            builder.world.agents.push_back(std::move(agent));
        }
        s += room / 2 + builder.random.uniform(5, 36);
    }
}

void addCyclists(WorldBuilder& builder, double d, double speed, double first, double last) {
    Random& random = builder.random;
    for (double s = first; s < last; s += random.uniform(14, 40)) {
        const Brush brush = builder.object(StreetKind::Bicyclist, true);
        Agent agent;
        agent.kind = AgentKind::Cyclist;
        addBicycle(agent.body, brush, random);
        agent.figure = Figure(brush, random);
        agent.figure->height = std::max(agent.figure->height, 1.55);
        agent.phase = random.uniform();
        agent.s = s;
        agent.d = d;
        agent.speed = speed;
        builder.world.agents.push_back(std::move(agent));
    }
}

Agent drawWalker(WorldBuilder& builder) {
    Agent agent;
    agent.kind = AgentKind::Walker;
    agent.figure = Figure(builder.object(StreetKind::Person, true), builder.random);
    agent.phase = builder.random.uniform();
    return agent;
}

/// People who walk along a side, where it has a sidewalk.
void addWalkers(WorldBuilder& builder, int side, double seconds) {
    Random& random = builder.random;
    for (const Block& block : builder.world.ground.blocks(side)) {
        if (block.walkTo - block.walkFrom < 1.5) {
            continue;
        }
        for (double s = block.begin + 2; s < block.end - 2; s += random.uniform(7, 22)) {
            const double way = random.chance(0.5) ? 1.0 : -1.0;
            const double speed = way * random.uniform(1.0, 1.6);
            const int group = random.chance(0.25) ? 2 : 1;
            for (int i = 0; i < group; ++i) {
                Agent agent = drawWalker(builder);
                agent.s = s - speed * random.uniform(0, seconds) + 0.2 * i;
                agent.d =
                    side * (random.uniform(block.walkFrom + 0.9, block.walkTo - 0.5) + 0.6 * i);
                agent.speed = speed;
                builder.world.agents.push_back(std::move(agent));
            }
        }
    }
}

/// People who cross the road far enough from the ego car.
void addCrossers(WorldBuilder& builder, double seconds) {
    Random& random = builder.random;
    const double half = builder.world.ground.roadHalf();
    for (int i = random.integer(1, 3); i > 0; --i) {
        Agent agent = drawWalker(builder);
        const double when = random.uniform(0, seconds);
        const double way = random.chance(0.5) ? 1.0 : -1.0;
        agent.drift = way * random.uniform(1.0, 1.5);
        agent.speed = 0.05;
        agent.s = builder.world.egoPlace(when) + random.uniform(9, 22);
        agent.d = random.uniform(-half, half) - agent.drift * when;
        builder.world.agents.push_back(std::move(agent));
    }
}

} // namespace

void addTraffic(WorldBuilder& builder, double seconds) {
    Random& random = builder.random;
    const StreetWorld& world = builder.world;
    const Ground& ground = world.ground;
    const double length = ground.line().length();
    const double speed = world.egoSpeed;
    const double oncoming = random.uniform(6, 12);
    const double inner = ground.medianHalf() + ground.lane() / 2;
    // In the ego lane everybody keeps the distance; what leaves the street is not seen any more.
    fillLane(builder, -inner, speed, world.egoStart - 60, world.egoStart + 75, world.egoStart);
    fillLane(builder, inner, -oncoming, world.egoStart - 70, length + oncoming * seconds, -1e9);
    if (ground.roadHalf() > ground.medianHalf() + 1.5 * ground.lane()) {
        const double outer = inner + ground.lane();
        const double faster = speed * random.uniform(0.7, 1.2);
        fillLane(builder, -outer, faster, world.egoStart - 70, world.egoStart + 75, -1e9);
        fillLane(builder, outer, -oncoming, world.egoStart - 70, length + oncoming * seconds, -1e9);
    }
    const double edge = ground.roadHalf() - 0.2;
    const double pedalling = random.uniform(3.5, 6.0);
    addCyclists(
        builder,
        -edge,
        pedalling,
        world.egoStart - 40,
        world.egoStart + 60 + (speed - pedalling) * seconds
    );
    addCyclists(
        builder,
        edge,
        -pedalling,
        world.egoStart - 60,
        world.egoStart + 60 + (speed + pedalling) * seconds
    );
    for (const int side : {1, -1}) {
        addWalkers(builder, side, seconds);
    }
    addCrossers(builder, seconds);
}

} // namespace siskin
