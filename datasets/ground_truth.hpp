// SPDX-License-Identifier: MIT
// From the raw ids of a label file to the ground truth of a scan.
#pragma once

#include "core/scan/scan.hpp"

#include <filesystem>
#include <vector>

namespace siskin {

/// Gives the scan the labels read from `labelFile`. Raw ids that the class map does not know are
/// ignored points and one warning of the scan. Throws `DatasetError` when the numbers of points
/// and labels differ.
void addGroundTruth(
    Scan& scan,
    std::vector<std::uint32_t> rawIds,
    std::shared_ptr<const ClassMap> classMap,
    const std::filesystem::path& labelFile
);

} // namespace siskin
