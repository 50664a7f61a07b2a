// SPDX-License-Identifier: MIT
// Chooses and packs the scans that come with the program.
#pragma once

#include "core/scan/dataset_reader.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace siskin {

/// How one file of `resources/demo` is made.
struct DemoRecipe {
    std::string name; ///< "street", "shapes" or "rooms"
    std::size_t scans = 0;
};

/// The three files: 20 frames of a street, 12 shapes, 2 rooms.
std::span<const DemoRecipe> demoRecipes();

/// Indices of `count` frames, one group after the other in turn (all of them when there are no
/// more), in the order of the data set.
std::vector<std::size_t> pickFrames(const std::vector<FrameInfo>& frames, std::size_t count);

/// The bytes of `resources/demo/<name>.scans` from a data set with labels; the same data give the
/// same bytes. Reads frame after frame. Throws `ConfigError` for an unknown name and
/// `DatasetError` for a data set of another kind or with fewer frames.
std::vector<std::byte> makeDemo(const std::string& name, const DatasetReader& dataset);

} // namespace siskin
