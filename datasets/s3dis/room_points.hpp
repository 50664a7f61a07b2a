// SPDX-License-Identifier: MIT
// All points of one room, as its text files give them.
#pragma once

#include "datasets/s3dis/layout.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace siskin {

struct RoomPoints {
    std::vector<std::array<double, 3>> positions; ///< N, metres
    std::vector<std::array<double, 3>> colours;   ///< N, red, green, blue, 0-255
    std::vector<std::uint32_t> classes;           ///< N, as `kIndoorClasses`; empty without labels
    std::vector<std::string> warnings;            ///< one line each
};

enum class OtherObjects {
    Keep, ///< objects of no class ("stairs") have the class `kOtherIndoorObject`
    Drop, ///< as PVCNN's preparation does
};

/// Reads a room object by object in the order of the files' names, on all threads. Damaged objects
/// are left out as the published preparation does; they and objects of no class are warnings.
/// Throws `DatasetError` when no object can be read.
RoomPoints readRoom(const S3disRoom& room, OtherObjects others);

} // namespace siskin
