// SPDX-License-Identifier: MIT
#include "datasets/nuscenes/street_writer.hpp"

#include "datasets/nuscenes/layout_writer.hpp"
#include "datasets/nuscenes/street_categories.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

namespace {

const char* nameOf(StreetSplit split) {
    switch (split) {
    case StreetSplit::Val:
        return "val";
    case StreetSplit::Test:
        return "test";
    case StreetSplit::Train:
        break;
    }
    return "train";
}

} // namespace

void writeNuScenesStreet(
    const StreetSetPlan& plan,
    const OutputFolder& folder,
    const std::stop_token& stop,
    const StreetProgress& progress
) {
    std::vector<NuScenesDrive> drives(plan.drives());
    for (std::size_t drive = 0; drive < drives.size(); ++drive) {
        drives[drive].name = fmt::format("street-{}-{:04}", nameOf(plan.split), drive);
        drives[drive].description = fmt::format("made up by Siskin, seed {}", plan.seed);
        drives[drive].poses.resize(plan.framesOf(drive));
        drives[drive].framesPerSecond = 1.0 / plan.strideSeconds;
    }
    const auto take = [&](std::size_t drive, std::size_t index, const StreetFrame& frame) {
        std::vector<std::uint8_t> categories(frame.size());
        std::transform(
            frame.kinds.begin(), frame.kinds.end(), categories.begin(), nuScenesCategory
        );
        writeNuScenesFrame(
            folder,
            drive,
            index,
            drives[drive].framesPerSecond,
            {frame.positions, frame.intensity, frame.ring, categories}
        );
        drives[drive].poses[index] = frame.pose; // one writer each
    };
    forEachStreetFrame(plan, hdl32(), stop, progress, take);
    writeNuScenesTables(folder, drives);
}

} // namespace siskin
