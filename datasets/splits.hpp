// SPDX-License-Identifier: MIT
// Questions about the splits of a data set that is open.
#pragma once

#include "core/scan/dataset_reader.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace siskin {

struct SplitSize {
    std::size_t frames = 0;
    std::size_t labelled = 0;
};

/// The splits that frames here belong to, by name.
std::map<std::string, SplitSize> splitsOf(const DatasetReader& dataset);

/// Indices of the frames of `split`, rising. Throws `ConfigError` naming the splits that there are,
/// with their sizes, when no frame here belongs to it.
std::vector<std::size_t> framesOfSplit(const DatasetReader& dataset, const std::string& split);

} // namespace siskin
