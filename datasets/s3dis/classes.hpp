// SPDX-License-Identifier: MIT
// The thirteen classes of S3DIS.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace siskin {

/// S3DIS labels objects by the prefix of a file's name ("chair_3.txt"), not by a number; we number
/// them as PVCNN does (position in this list). PointNet's order differs: ceiling first, clutter
/// last.
inline constexpr std::array<std::string_view, 13> kIndoorClasses = {
    "clutter",
    "ceiling",
    "floor",
    "wall",
    "beam",
    "column",
    "door",
    "window",
    "table",
    "chair",
    "sofa",
    "bookcase",
    "board"};

/// Raw id of objects of any other name ("stairs"): they are ignored.
inline constexpr std::uint32_t kOtherIndoorObject = 13;

/// Raw id of an object by its file's prefix; `kOtherIndoorObject` for an unknown one.
constexpr std::uint32_t indoorClassOf(std::string_view prefix) noexcept {
    for (std::size_t i = 0; i < kIndoorClasses.size(); ++i) {
        if (kIndoorClasses[i] == prefix) {
            return static_cast<std::uint32_t>(i);
        }
    }
    return kOtherIndoorObject;
}

} // namespace siskin
