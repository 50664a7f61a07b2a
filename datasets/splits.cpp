// SPDX-License-Identifier: MIT
#include "datasets/splits.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

namespace {

/// "train (28130 frames), val (6019 frames)"
std::string listOf(const std::map<std::string, SplitSize>& splits) {
    std::string list;
    for (const auto& [name, size] : splits) {
        list += fmt::format(
            "{}{} ({} frame{})",
            list.empty() ? "" : ", ",
            name,
            size.frames,
            size.frames == 1 ? "" : "s"
        );
    }
    return list;
}

} // namespace

std::map<std::string, SplitSize> splitsOf(const DatasetReader& dataset) {
    std::map<std::string, SplitSize> splits;
    for (const FrameInfo& frame : dataset.frames()) {
        for (const std::string& name : frame.splits) {
            ++splits[name].frames;
            splits[name].labelled += frame.hasLabels ? 1 : 0;
        }
    }
    return splits;
}

std::vector<std::size_t> framesOfSplit(const DatasetReader& dataset, const std::string& split) {
    const auto& frames = dataset.frames();
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const auto& names = frames[i].splits;
        if (std::find(names.begin(), names.end(), split) != names.end()) {
            indices.push_back(i);
        }
    }
    if (indices.empty()) {
        const std::string known = listOf(splitsOf(dataset));
        throw ConfigError(
            fmt::format("{}: no frame belongs to the split '{}'", dataset.title(), split),
            known.empty() ? "these frames belong to no split: leave it out"
                          : fmt::format("splits here: {}", known)
        );
    }
    return indices;
}

} // namespace siskin
