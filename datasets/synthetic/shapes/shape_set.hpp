// SPDX-License-Identifier: MIT
// A made-up ShapeNetPart, in the layout of the archive.
#pragma once

#include "datasets/synthetic/shapes/surface_sampler.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace siskin {

struct ShapeSetOptions {
    int count = 400; ///< shapes, dealt to the sixteen categories in turn
    std::uint64_t seed = 1;
};

/// Shape `index` of a seed: of category `index % 16`, 1000 to 3000 points.
SurfaceSample makeShapePoints(std::uint64_t seed, std::size_t index);

/// Writes `options.count` shapes, the category table and the three lists (70 % train, 10 % val,
/// 20 % test, each in its shuffled order) into `folder`, whole or not at all. One seed gives the
/// same bytes on any number of threads. `progress` gets the share done. Throws `ConfigError` for a
/// count outside 1 .. 1 000 000, `DatasetError` when it cannot be written, `Cancelled`.
void makeShapeSet(
    const std::filesystem::path& folder,
    const ShapeSetOptions& options,
    const std::stop_token& stop,
    const std::function<void(double fraction, const std::string& text)>& progress
);

} // namespace siskin
