// SPDX-License-Identifier: MIT
// What lies behind the sidewalks: houses, yards, parks, parking lots, works.
#include "datasets/synthetic/street/buildings.hpp"
#include "datasets/synthetic/street/furniture.hpp"
#include "datasets/synthetic/street/plants.hpp"
#include "datasets/synthetic/street/vehicles.hpp"
#include "datasets/synthetic/street/world_parts.hpp"

#include <numbers>

namespace siskin {

namespace {

constexpr double kPi = std::numbers::pi;

/// One lot with its builder; distances are counted outwards from the centre line.
struct Lot {
    WorldBuilder& make;
    const Block& block;
    int side;

    Random& random() const { return make.random; }

    double size() const { return block.end - block.begin; }

    /// Yaw of a thing whose front (-y) looks at the street.
    double towardsStreet() const { return side > 0 ? 0.0 : kPi; }

    void put(const Mesh& part, const Spot& spot) const { // d counts outwards
        make.put(part, {spot.s, side * spot.d, spot.yaw});
    }

    /// In pieces, so that it follows a bend.
    void fence(FenceKind kind, double from, double to, double out) const {
        for (double s = from; s + 1.0 < to; s += 8.0) {
            Mesh part;
            // Each piece draws anew, but the same fence must look the same all along.
            Random same = Random::forPart(static_cast<std::uint64_t>(block.begin * 1000), 7);
            addFence(part, make.stuff(StreetKind::Fence), same, kind, std::min(8.0, to - s));
            put(part, {s, out});
        }
    }

    void hedge(double from, double to, double out) const {
        const double height = random().uniform(0.9, 2.3);
        const double depth = random().uniform(0.6, 1.1);
        for (double s = from; s + 1.0 < to; s += 6.0) {
            Mesh part;
            const double piece = std::min(6.0, to - s);
            addHedge(part, make.stuff(StreetKind::Vegetation), random(), piece, depth, height);
            put(part, {s + piece / 2, out});
        }
    }

    void border(double out, double fenceShare, double hedgeShare) const {
        const double gate = block.begin + random().uniform(0.1, 0.9) * size();
        const double pick = random().uniform();
        const FenceKind kind = randomFence(random());
        for (const auto& [from, to] :
             {Vec2d{block.begin + 0.4, gate - 1.6}, Vec2d{gate + 1.6, block.end - 0.4}}) {
            if (pick < fenceShare) {
                fence(kind, from, to, out);
            } else if (pick < fenceShare + hedgeShare) {
                hedge(from, to, out + 0.5);
            }
        }
    }

    /// Across, from the border inwards: a fence or hedge between neighbours.
    void divide(double s, double from, double to) const {
        Mesh part;
        if (random().chance(0.6)) {
            const FenceKind kind = randomFence(random());
            addFence(part, make.stuff(StreetKind::Fence), random(), kind, to - from);
            put(part, {s, from, side * kPi / 2});
        } else {
            addHedge(
                part,
                make.stuff(StreetKind::Vegetation),
                random(),
                to - from,
                0.8,
                random().uniform(1.0, 1.8)
            );
            put(part, {s, (from + to) / 2, kPi / 2});
        }
    }

    void trees(int count, double from, double to, double detail = 1.0) const {
        for (int i = 0; i < count; ++i) {
            make.putTree(
                {random().uniform(block.begin + 1, block.end - 1),
                 side * random().uniform(from, to)},
                detail
            );
        }
    }

    void bushes(int count, double from, double to) const {
        for (int i = 0; i < count; ++i) {
            Mesh part;
            addBush(part, make.stuff(StreetKind::Vegetation), random());
            put(part,
                {random().uniform(block.begin + 1, block.end - 1), random().uniform(from, to)});
        }
    }

    void building(const Spot& spot, const BuildingPlan& plan) const {
        Mesh part;
        addBuilding(part, make.stuff(StreetKind::Building), random(), plan);
        put(part, {spot.s, spot.d, towardsStreet()});
    }

    /// What closes the view behind a lot.
    void backdrop(double from) const {
        for (double s = block.begin + 6; s < block.end; s += random().uniform(12, 18)) {
            const double pick = random().uniform();
            const double out = from + random().uniform(0, 8);
            if (pick < 0.55) {
                building(
                    {s, out},
                    {random().uniform(8, 12), 9.0, random().integer(1, 4), random().chance(0.7)}
                );
            } else if (pick < 0.95) {
                make.putTree({s, side * (out + 2)}, 0.4);
                make.putTree({s + random().uniform(2, 6), side * (out + 4)}, 0.4);
            }
        }
    }
};

void fillHouses(const Lot& lot) {
    Random& random = lot.random();
    const double edge = lot.block.lot;
    lot.border(edge + 0.2, 0.48, 0.45);
    const double front = edge + random.uniform(3.0, 6.5);
    for (double s = lot.block.begin + 1.0; s < lot.block.end - 8.0;) {
        const double width = random.uniform(7.5, 13);
        if (s + width > lot.block.end) {
            break;
        }
        lot.building(
            {s + width / 2, front + random.uniform(0, 1)},
            {width, random.uniform(8, 11), random.integer(1, 3), random.chance(0.85)}
        );
        s += width + random.uniform(2.5, 6.0);
        if (s < lot.block.end - 1) {
            lot.divide(s - 1.2, edge + 1.0, front + 8.0);
        }
    }
    lot.bushes(static_cast<int>(lot.size() / 3.5), edge + 1.2, front - 0.8);
    lot.trees(static_cast<int>(lot.size() / 9), edge + 1.5, front - 0.5);
    lot.trees(2, front + 13, front + 20, 0.6);
    lot.backdrop(front + 24);
}

void fillUrban(const Lot& lot) {
    Random& random = lot.random();
    const double front = lot.block.lot;
    const int floors = random.integer(3, 6);
    for (double s = lot.block.begin; s < lot.block.end - 6.0;) {
        const double width = std::min(random.uniform(10, 20), lot.block.end - s);
        if (random.chance(0.12)) { // a gap closed by a fence
            const double gap = std::min(5.0, width);
            lot.fence(FenceKind::Wall, s + 0.2, s + gap - 0.2, front + 0.2);
            s += gap;
            continue;
        }
        lot.building(
            {s + width / 2, front + 0.1},
            {width, 12.0, floors + random.integer(-1, 0), random.chance(0.4), random.chance(0.45)}
        );
        s += width;
    }
    lot.trees(5, front + 15, front + 28, 0.5);
}

void fillPark(const Lot& lot) {
    Random& random = lot.random();
    const double edge = lot.block.lot;
    lot.border(edge + 0.3, 0.3, 0.3);
    lot.trees(static_cast<int>(lot.size() / 4.5), edge + 1.5, edge + 26, 0.9);
    lot.trees(static_cast<int>(lot.size() / 6), edge + 26, edge + 45, 0.4);
    lot.bushes(static_cast<int>(lot.size() / 2.2), edge + 1.0, edge + 14);
    Mesh bench;
    addBench(bench, lot.make.stuff(StreetKind::OtherObject));
    lot.put(bench, {(lot.block.begin + lot.block.end) / 2, edge + 1.2, lot.towardsStreet()});
    for (int i = random.integer(0, 2); i > 0; --i) {
        lot.make.putPerson(
            {random.uniform(lot.block.begin, lot.block.end),
             lot.side * random.uniform(edge + 2, edge + 12)}
        );
    }
}

void fillParkingLot(const Lot& lot) {
    Random& random = lot.random();
    const double edge = lot.block.lot;
    const MeshTag paint = lot.make.stuff(StreetKind::LaneMarking)(material::kMarking);
    for (const double row : {edge + 2.8, edge + 13.0}) {
        for (double s = lot.block.begin + 1.8; s < lot.block.end - 1.6; s += 2.75) {
            Mesh line;
            addQuad(
                line,
                paint,
                {-1.43, -2.4, 0.008},
                {-1.32, -2.4, 0.008},
                {-1.32, 2.4, 0.008},
                {-1.43, 2.4, 0.008}
            );
            lot.put(line, {s, row});
            const double pick = random.uniform();
            if (pick < 0.5) {
                Mesh part;
                addCar(part, lot.make.object(StreetKind::Car), random);
                const double ahead = random.chance(0.5) ? kPi / 2 : -kPi / 2;
                lot.put(part, {s, row, ahead + random.uniform(-0.05, 0.05)});
            } else if (pick < 0.58) {
                lot.make.putMotorcycle({s, lot.side * row, random.uniform(1.2, 1.9)});
            } else if (pick < 0.64) {
                lot.make.putPerson({s, lot.side * (row + 1)});
            } else if (pick < 0.70) {
                Mesh part;
                addCaravan(part, lot.make.object(StreetKind::Trailer), random);
                lot.put(part, {s, row, kPi / 2});
            }
        }
    }
    const double back = edge + 18.3;
    random.chance(0.4)
        ? lot.fence(randomFence(random), lot.block.begin + 0.3, lot.block.end - 0.3, back)
        : lot.hedge(lot.block.begin + 0.3, lot.block.end - 0.3, back);
    Mesh lamp;
    addLampPost(lamp, lot.make.stuff(StreetKind::Pole), random);
    lot.put(lamp, {lot.block.begin + lot.size() / 2, edge + 7.9});
    lot.trees(7, back + 1.5, back + 12, 0.6);
    lot.backdrop(back + 6);
}

void fillWorks(const Lot& lot) {
    Random& random = lot.random();
    const double edge = lot.block.lot;
    const double middle = (lot.block.begin + lot.block.end) / 2;
    lot.fence(
        random.chance(0.4)   ? FenceKind::Barrier
        : random.chance(0.5) ? FenceKind::Mesh
                             : FenceKind::Rails,
        lot.block.begin + 3.5,
        lot.block.end - 0.5,
        edge + 0.5
    );
    Mesh machine;
    addExcavator(machine, lot.make.object(StreetKind::Construction), random);
    lot.put(
        machine,
        {middle + random.uniform(-4, 4), edge + random.uniform(5, 8), random.uniform(-3, 3)}
    );
    Mesh second;
    random.chance(0.5) ? addTractor(second, lot.make.object(StreetKind::Tractor), random)
                       : addTruck(second, lot.make.object(StreetKind::Truck), random);
    lot.put(
        second,
        {middle + random.uniform(-4, 4), edge + random.uniform(12, 14), random.uniform(-0.4, 0.4)}
    );
    Mesh heap;
    addEllipsoid(
        heap,
        lot.make.stuff(StreetKind::OtherGround)({0.47F, 0.08F, 0.03F, 0.02F, 0.0F}),
        {0, 0, -0.2},
        {2.4, 1.8, 1.3},
        8,
        14
    );
    lot.put(heap, {lot.block.begin + 4, edge + 4.5, random.uniform(-3, 3)});
    Mesh hut;
    addBox(
        hut,
        lot.make.stuff(StreetKind::OtherStructure)({0.35F, 0.06F, 0.0F, 0.03F, 0.0F}),
        {0, 0, 1.3},
        {3.0, 1.25, 1.3}
    );
    lot.put(hut, {lot.block.end - 4, edge + 16});
    for (int i = 0; i < 5; ++i) {
        Mesh cone;
        addTrafficCone(cone, lot.make.stuff(StreetKind::TrafficCone));
        lot.put(
            cone, {random.uniform(lot.block.begin, lot.block.end), edge + random.uniform(-0.4, 3.0)}
        );
    }
    lot.make.putPerson({middle + random.uniform(-5, 5), lot.side * (edge + random.uniform(1.5, 4))}
    );
    lot.trees(3, edge + 23, edge + 34, 0.5);
    lot.backdrop(edge + 28);
}

void fillField(const Lot& lot) {
    Random& random = lot.random();
    const double edge = lot.block.lot;
    if (random.chance(0.5)) {
        lot.fence(FenceKind::GuardRail, lot.block.begin, lot.block.end, edge + 0.1);
    } else {
        lot.fence(FenceKind::Rails, lot.block.begin + 1, lot.block.end - 1, edge + 7.3);
    }
    lot.bushes(static_cast<int>(lot.size() / 2.5), edge + 3, edge + 12);
    lot.trees(static_cast<int>(lot.size() / 9), edge + 8, edge + 30, 0.7);
    for (double s = lot.block.begin + 3; s < lot.block.end; s += 24) {
        Mesh pole;
        addTimberPole(pole, lot.make.stuff(StreetKind::Pole), random);
        lot.put(pole, {s, edge + 2.2});
    }
    if (random.chance(0.6)) {
        Mesh part;
        addTractor(part, lot.make.object(StreetKind::Tractor), random);
        lot.put(
            part,
            {random.uniform(lot.block.begin, lot.block.end),
             edge + random.uniform(10, 18),
             random.uniform(-3, 3)}
        );
    }
}

void fillSideStreet(const Lot& lot) {
    Random& random = lot.random();
    if (lot.block.strips.front().kind != StreetKind::Road) {
        return; // its sidewalks
    }
    const double quarter = lot.size() / 4;
    Mesh waiting;
    random.chance(0.7) ? addCar(waiting, lot.make.object(StreetKind::Car), random)
                       : addTruck(waiting, lot.make.object(StreetKind::Truck), random);
    // Who comes out of it keeps right.
    const double lane = lot.side > 0 ? lot.block.begin + quarter : lot.block.end - quarter;
    lot.put(waiting, {lane, lot.block.lot + random.uniform(9, 14), -lot.side * kPi / 2});
    Mesh sign;
    addSign(sign, lot.make.stuff(StreetKind::Sign), random);
    lot.put(
        sign,
        {lot.side > 0 ? lot.block.begin - 0.5 : lot.block.end + 0.5,
         lot.block.lot + 4,
         lot.side * kPi / 2}
    );
    for (double out = lot.block.lot + 22; out < 65; out += random.uniform(7, 14)) {
        Mesh car;
        addCar(car, lot.make.object(StreetKind::Car), random);
        lot.put(
            car,
            {lot.side > 0 ? lot.block.end - 1.2 : lot.block.begin + 1.2, out, lot.side * kPi / 2}
        );
    }
}

} // namespace

void fillLots(WorldBuilder& builder, int side) {
    for (const Block& block : builder.world.ground.blocks(side)) {
        const Lot lot{builder, block, side};
        switch (block.kind) {
        case BlockKind::Houses:
            fillHouses(lot);
            break;
        case BlockKind::Urban:
            fillUrban(lot);
            break;
        case BlockKind::Park:
            fillPark(lot);
            break;
        case BlockKind::ParkingLot:
            fillParkingLot(lot);
            break;
        case BlockKind::Works:
            fillWorks(lot);
            break;
        case BlockKind::Field:
            fillField(lot);
            break;
        case BlockKind::SideStreet:
            fillSideStreet(lot);
            break;
        }
    }
}

} // namespace siskin
