// SPDX-License-Identifier: MIT
// The fine classes of nuScenes-lidarseg by name.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace siskin {

/// All names of a lidarseg `category.json`. A name's position here is the raw id that Siskin's
/// scans and `classmaps/nuscenes-lidarseg.json` use for it. The numbers in the label files are
/// those of the data set's own table (`category.json`, "index") and are translated by name.
inline constexpr std::array<std::string_view, 32> kNuScenesCategories = {
    "noise",
    "animal",
    "human.pedestrian.adult",
    "human.pedestrian.child",
    "human.pedestrian.construction_worker",
    "human.pedestrian.personal_mobility",
    "human.pedestrian.police_officer",
    "human.pedestrian.stroller",
    "human.pedestrian.wheelchair",
    "movable_object.barrier",
    "movable_object.debris",
    "movable_object.pushable_pullable",
    "movable_object.trafficcone",
    "static_object.bicycle_rack",
    "vehicle.bicycle",
    "vehicle.bus.bendy",
    "vehicle.bus.rigid",
    "vehicle.car",
    "vehicle.construction",
    "vehicle.emergency.ambulance",
    "vehicle.emergency.police",
    "vehicle.motorcycle",
    "vehicle.trailer",
    "vehicle.truck",
    "flat.driveable_surface",
    "flat.other",
    "flat.sidewalk",
    "flat.terrain",
    "static.manmade",
    "static.other",
    "static.vegetation",
    "vehicle.ego",
};

} // namespace siskin
