// SPDX-License-Identifier: MIT
// Made-up streets in the layout of SemanticKITTI (semantic-kitti.org/dataset.html).
#pragma once

#include "datasets/synthetic/output_folder.hpp"
#include "datasets/synthetic/street/street_set.hpp"

namespace siskin {

/// Writes sequences/NN/{velodyne,labels,poses.txt,calib.txt,times.txt} with the numbers of the
/// official splits (train 00-07, 09, 10; val 08; test 11-21), drives dealt to them in turn. Drives
/// that share a sequence follow each other in its numbering and lie a kilometre apart. Labels carry
/// the instance in their high 16 bits. `folder` is not finished here. Throws `DatasetError`,
/// `Cancelled`.
void writeSemanticKittiStreet(
    const StreetSetPlan& plan,
    const OutputFolder& folder,
    const std::stop_token& stop,
    const StreetProgress& progress
);

} // namespace siskin
