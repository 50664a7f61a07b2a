// SPDX-License-Identifier: MIT
// Made-up streets in the layout of nuScenes with nuScenes-lidarseg.
#pragma once

#include "datasets/synthetic/output_folder.hpp"
#include "datasets/synthetic/street/street_set.hpp"

namespace siskin {

/// Writes the drives, one scene each, as the 32-beam sensor sees them; every frame is a keyframe.
/// Tables lie in `v1.0-synthetic`, scenes are called "street-train-0000" and so on, after the
/// split. `folder` is not finished here. Throws `DatasetError`, `Cancelled`.
void writeNuScenesStreet(
    const StreetSetPlan& plan,
    const OutputFolder& folder,
    const std::stop_token& stop,
    const StreetProgress& progress
);

} // namespace siskin
