// SPDX-License-Identifier: MIT
// From the named numbers of a point file to a scan.
#pragma once

#include "core/scan/scan.hpp"
#include "datasets/files/records.hpp"

namespace siskin {

/// Fills positions, fields, pose and warnings of `scan` (whose `source` is the file, for messages)
/// from x, y, z and everything else in the records. Names are compared without regard to case:
///   nx ny nz, normal_x normal_y normal_z                  "normal", 3 channels
///   red green blue, r g b, diffuse_red ..., packed rgb    "rgb", 3 channels, 0-255
///   intensity, reflectance, reflectivity, remission       "intensity"; also behind "scalar_"
/// Any other field keeps its name; "_" is padding of PCD files and left out.
/// Values are float32 here. Where that would lose what matters (a time stamp, a map coordinate),
/// the smallest value is subtracted first; for positions the pose holds it, for fields a warning.
/// Points with a coordinate that is not finite are left out, other such values become 0; warnings
/// count them. Throws `DatasetError` when a coordinate is missing or no point is left.
void fillScan(Records records, Scan& scan);

} // namespace siskin
