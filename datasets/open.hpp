// SPDX-License-Identifier: MIT
// Recognises what a path is and opens it with the right reader.
#pragma once

#include "core/scan/dataset_reader.hpp"

#include <filesystem>
#include <memory>

namespace siskin {

/// Opens what lies at `path`: a SemanticKITTI folder (the root, its `sequences` folder, or one
/// sequence), a nuScenes folder (the root or its tables), ShapeNetPart, S3DIS, a single file of one
/// of them, or what comes with the program: "demo:street", "demo:shapes", "demo:rooms". Ground
/// truth speaks `classMap`; without one it speaks the usual one of that data set, found in
/// `resources/classmaps`. With `earlierScans` every scan of nuScenes and SemanticKITTI also holds
/// the points of that many scans before it, moved to where the sensor is now
/// (`Scan::contextPoints`). Throws `DatasetError` saying what the path looks like and what is
/// missing, and `ConfigError` when earlier scans are asked of a data set that has none.
std::unique_ptr<DatasetReader> openDataset(
    const std::filesystem::path& path,
    std::shared_ptr<const ClassMap> classMap = nullptr,
    std::size_t earlierScans = 0
);

} // namespace siskin
