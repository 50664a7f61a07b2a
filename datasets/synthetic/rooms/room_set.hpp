// SPDX-License-Identifier: MIT
// A made-up S3DIS, in the layout of its release.
#pragma once

#include "datasets/synthetic/rooms/room_scanner.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace siskin {

struct RoomSetOptions {
    int areas = 6;
    int rooms = 4; ///< per area: an office, a conference room, a hallway, a lounge, and again
    std::uint64_t seed = 1;
    int points = 600'000; ///< drawn per room at most; a half or two thirds of them are seen
};

/// Writes `Area_N/<kind>_<n>/<kind>_<n>.txt` and its `Annotations` into `folder`, whole or not at
/// all. One seed gives the same bytes on any number of threads. `progress` gets the share done.
/// Throws `ConfigError` for areas or rooms outside 1 .. 1000 or points outside 1000 .. 10 000 000,
/// `DatasetError` when it cannot be written, `Cancelled`.
void makeRoomSet(
    const std::filesystem::path& folder,
    const RoomSetOptions& options,
    const std::stop_token& stop,
    const std::function<void(double fraction, const std::string& text)>& progress
);

} // namespace siskin
