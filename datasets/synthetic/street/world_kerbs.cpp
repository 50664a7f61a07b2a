// SPDX-License-Identifier: MIT
// Along the kerbs: parked vehicles, street furniture, trees, people who stand; and the median.
#include "datasets/synthetic/street/buildings.hpp"
#include "datasets/synthetic/street/furniture.hpp"
#include "datasets/synthetic/street/vehicles.hpp"
#include "datasets/synthetic/street/world_parts.hpp"

#include <numbers>

namespace siskin {

namespace {

constexpr double kPi = std::numbers::pi;

struct Kerb {
    WorldBuilder& make;
    const Block& block;
    int side;

    Random& random() const { return make.random; }

    /// Drivers on the left side come the other way.
    double along() const { return side > 0 ? kPi : 0.0; }

    void put(const Mesh& part, const Spot& spot) const { // d counts outwards
        make.put(part, {spot.s, side * spot.d, along() + spot.yaw});
    }
};

/// A row along the kerb; returns where the next one may begin.
double parkOne(const Kerb& kerb, double s, double out) {
    Random& random = kerb.random();
    const double pick = random.uniform();
    const double d = kerb.side * out;
    if (pick < 0.62) {
        kerb.make.putParked({s + 3.0, d, kerb.along()});
        return s + random.uniform(6.2, 7.2) + 2.5 * (pick > 0.5 ? 1 : 0);
    }
    if (pick < 0.76) { // motorcycles stand across
        for (int i = random.integer(1, 3); i > 0; --i) {
            s += 1.1;
            kerb.make.putMotorcycle({s, d, kerb.side * kPi / 2 + random.uniform(-0.25, 0.25)});
        }
        return s + 1.5;
    }
    if (pick < 0.84) {
        kerb.make.putBicycle({s + 1, d, kerb.side * kPi / 2 + random.uniform(-0.2, 0.2)});
        return s + 2.5;
    }
    return s + random.uniform(3, 8);
}

void fillParkingStrip(const Kerb& kerb) {
    const double middle = kerb.make.world.ground.roadHalf() + 1.15;
    for (double s = kerb.block.begin + 1.0; s < kerb.block.end - 9.5;) {
        s = parkOne(kerb, s, middle);
    }
}

void putBicycleRack(const Kerb& kerb, double s, double out) {
    const MeshTag metal = kerb.make.stuff(StreetKind::OtherObject)(material::kMetal);
    for (int i = kerb.random().integer(2, 5); i > 0; --i) {
        kerb.make.putBicycle({s, kerb.side * out, kPi / 2 + kerb.random().uniform(-0.12, 0.12)});
        Mesh bar;
        addTube(bar, metal, {0.3, 0, 0}, {0.3, 0, 0.75}, 0.025, 0.025, 5);
        kerb.put(bar, {s + 0.3, out});
        s += 0.75;
    }
}

/// One thing on the sidewalk beside the kerb.
void furnish(const Kerb& kerb, double s, double out, bool& trees) {
    Random& random = kerb.random();
    Mesh part;
    const Brush brush = kerb.make.stuff(StreetKind::Pole);
    const double pick = random.uniform();
    if (pick < 0.20) {
        addSign(part, brush, random);
    } else if (pick < 0.27) {
        addDirectionSign(part, brush, random);
    } else if (pick < 0.33) {
        addTrafficLight(part, brush, random);
    } else if (pick < 0.40) {
        for (int i = 0; i < 4; ++i) {
            Mesh bollard;
            addBollard(bollard, brush, random);
            kerb.put(bollard, {s + 1.3 * i, out - 0.15});
        }
    } else if (pick < 0.52) {
        putBicycleRack(kerb, s, out + 0.75);
    } else if (pick < 0.60) {
        kerb.make.putMotorcycle(
            {s, kerb.side * (out + 0.3), kerb.along() + random.uniform(-0.3, 0.3)}
        );
    } else if (pick < 0.66) {
        addBin(part, brush, random);
    } else if (pick < 0.72) {
        kerb.make.putPerson({s, kerb.side * (out + random.uniform(0.2, 0.8))});
    } else if (trees && pick < 0.95) {
        kerb.make.putTree({s, kerb.side * (out + 0.1)});
    }
    if (!part.empty()) {
        kerb.put(part, {s, out});
    }
}

void fillSidewalk(const Kerb& kerb) {
    Random& random = kerb.random();
    bool trees = random.chance(0.6);
    const double edge = kerb.block.walkFrom + 0.45;
    double lamp = kerb.block.begin + random.uniform(2, 8);
    for (double s = kerb.block.begin + 1.5; s < kerb.block.end - 2.5;
         s += random.uniform(3.5, 6.5)) {
        if (s > lamp) {
            Mesh part;
            addLampPost(part, kerb.make.stuff(StreetKind::Pole), random);
            kerb.put(part, {s, edge});
            lamp = s + random.uniform(18, 28);
        } else {
            furnish(kerb, s, edge, trees);
        }
    }
    if (random.chance(0.2) && kerb.block.end - kerb.block.begin > 12) {
        Mesh shelter;
        addShelter(shelter, kerb.make.stuff(StreetKind::OtherStructure));
        const double yaw = kerb.side > 0 ? 0.0 : kPi;
        kerb.make.put(shelter, {kerb.block.end - 6, kerb.side * (kerb.block.walkTo - 1.6), yaw});
    }
}

} // namespace

void fillKerbs(WorldBuilder& builder, int side) {
    for (const Block& block : builder.world.ground.blocks(side)) {
        const Kerb kerb{builder, block, side};
        if (block.parking) {
            fillParkingStrip(kerb);
        }
        if (block.walkTo > block.walkFrom) {
            fillSidewalk(kerb);
        }
    }
}

void fillMedian(WorldBuilder& builder) {
    Random& random = builder.random;
    for (const auto& [begin, end] : builder.world.ground.islands()) {
        for (double s = begin + 0.8; s < end - 0.5; s += random.uniform(1.5, 4.0)) {
            Mesh part;
            const Brush brush = builder.stuff(StreetKind::Pole);
            const double pick = random.uniform();
            if (pick < 0.4) {
                addSign(part, brush, random);
            } else if (pick < 0.7) {
                addBollard(part, brush, random);
            } else if (pick < 0.8) {
                addLampPost(part, brush, random);
            }
            const Rigid place = builder.world.ground.line().frame(s, 0.0, 0.14, 0.0);
            append(builder.world.mesh, part, place);
        }
    }
}

} // namespace siskin
