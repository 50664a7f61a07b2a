// SPDX-License-Identifier: MIT
#include "datasets/nuscenes/street_categories.hpp"

#include "datasets/nuscenes/categories.hpp"

#include <algorithm>

namespace siskin {

namespace {

std::string_view categoryName(StreetKind kind) {
    switch (kind) {
    case StreetKind::Unlabelled:
    case StreetKind::Outlier:
        return "noise";
    case StreetKind::Car:
        return "vehicle.car";
    case StreetKind::Bicycle:
    case StreetKind::Bicyclist:
        return "vehicle.bicycle";
    case StreetKind::Motorcycle:
    case StreetKind::Motorcyclist:
        return "vehicle.motorcycle";
    case StreetKind::Truck:
        return "vehicle.truck";
    case StreetKind::Bus:
        return "vehicle.bus.rigid";
    case StreetKind::Trailer:
        return "vehicle.trailer";
    case StreetKind::Tractor:
    case StreetKind::Construction:
        return "vehicle.construction";
    case StreetKind::Person:
        return "human.pedestrian.adult";
    case StreetKind::Road:
    case StreetKind::LaneMarking:
    case StreetKind::Parking:
        return "flat.driveable_surface";
    case StreetKind::Sidewalk:
        return "flat.sidewalk";
    case StreetKind::OtherGround:
        return "flat.other";
    case StreetKind::Building:
    case StreetKind::Fence:
    case StreetKind::OtherStructure:
    case StreetKind::Pole:
    case StreetKind::Sign:
        return "static.manmade";
    case StreetKind::Barrier:
        return "movable_object.barrier";
    case StreetKind::Vegetation:
    case StreetKind::Trunk:
        return "static.vegetation";
    case StreetKind::Terrain:
        return "flat.terrain";
    case StreetKind::OtherObject:
        return "static.other";
    case StreetKind::TrafficCone:
        return "movable_object.trafficcone";
    }
    return "noise";
}

} // namespace

std::uint8_t nuScenesCategory(StreetKind kind) {
    const auto* found =
        std::find(kNuScenesCategories.begin(), kNuScenesCategories.end(), categoryName(kind));
    return static_cast<std::uint8_t>(found - kNuScenesCategories.begin());
}

} // namespace siskin
