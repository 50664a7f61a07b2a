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
    std::string name;                ///< "street", "shapes" or "rooms"
    std::size_t scans = 0;           ///< so many from the beginning ...
    std::vector<std::string> groups; ///< ... or, when not empty, the first one of each of these
};

/// The three files: 20 frames of a street, 12 shapes, 2 rooms.
std::span<const DemoRecipe> demoRecipes();

/// Indices into `frames`. Throws `DatasetError` when there are too few, or a group is missing.
std::vector<std::size_t> pickFrames(const std::vector<FrameInfo>& frames, const DemoRecipe& recipe);

/// The bytes of `resources/demo/<name>.scans` from a data set with labels; the same data give the
/// same bytes. Reads frame after frame. Throws `ConfigError` for an unknown name and
/// `DatasetError` for a data set of another kind or with too few frames.
std::vector<std::byte> makeDemo(const std::string& name, const DatasetReader& dataset);

} // namespace siskin
