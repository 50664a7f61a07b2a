// SPDX-License-Identifier: MIT
// Several scans in one: earlier ones, moved to where the sensor is now.
#pragma once

#include "datasets/rigid_motion.hpp"

#include <filesystem>
#include <span>
#include <vector>

namespace siskin {

struct EarlierScan {
    Scan points;                ///< positions in its own sensor frame; the fields of the later scan
    Pose toLater;               ///< its sensor frame to that of the later scan
    double secondsBefore = 0.0; ///< age at the time of the later scan
};

/// Appends the points of `earlier`, moved, in that order, and their fields; they become the scan's
/// `contextPoints`. Adds the field "time": seconds before the scan, 0 for its own points. Appended
/// points are unlabelled (raw id 0, which is "unlabeled" or "noise" in every outdoor data set) and
/// ignored whatever the class map says.
void addEarlierScans(Scan& scan, std::span<const EarlierScan> earlier);

/// A warning of the scan about `missing` files of earlier scans, unless there are none.
void warnOfMissingScans(
    Scan& scan, const std::vector<std::filesystem::path>& missing, std::size_t wanted
);

} // namespace siskin
