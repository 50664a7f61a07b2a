// SPDX-License-Identifier: MIT
#include "datasets/synthetic/street/surface.hpp"

namespace siskin {

std::uint32_t semanticKittiId(StreetKind kind, bool moving) {
    switch (kind) {
    case StreetKind::Unlabelled:
        return 0;
    case StreetKind::Outlier:
        return 1;
    case StreetKind::Car:
        return moving ? 252 : 10;
    case StreetKind::Bicycle:
        return 11;
    case StreetKind::Motorcycle:
        return 15;
    case StreetKind::Truck:
        return moving ? 258 : 18;
    case StreetKind::Bus: // a bus's own id, 13, is ignored by some class maps
    case StreetKind::Trailer:
    case StreetKind::Tractor:
    case StreetKind::Construction:
        return moving ? 259 : 20;
    case StreetKind::Person:
        return moving ? 254 : 30;
    case StreetKind::Bicyclist:
        return moving ? 253 : 31;
    case StreetKind::Motorcyclist:
        return moving ? 255 : 32;
    case StreetKind::Road:
        return 40;
    case StreetKind::LaneMarking:
        return 60;
    case StreetKind::Parking:
        return 44;
    case StreetKind::Sidewalk:
        return 48;
    case StreetKind::OtherGround:
        return 49;
    case StreetKind::Building:
        return 50;
    case StreetKind::Fence:
    case StreetKind::Barrier:
        return 51;
    case StreetKind::OtherStructure:
        return 52;
    case StreetKind::Vegetation:
        return 70;
    case StreetKind::Trunk:
        return 71;
    case StreetKind::Terrain:
        return 72;
    case StreetKind::Pole:
        return 80;
    case StreetKind::Sign:
        return 81;
    case StreetKind::OtherObject:
    case StreetKind::TrafficCone:
        return 99;
    }
    return 0;
}

} // namespace siskin
