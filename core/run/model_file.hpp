// SPDX-License-Identifier: MIT
// What a weight file says about itself. This header is free of LibTorch.
#pragma once

#include "core/models/model_kind.hpp"
#include "core/scan/class_map.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace siskin {

/// Enough to run a network without being told anything else.
struct ModelDescription {
    ModelKind kind = ModelKind::Spvcnn;
    std::string classMap;    ///< name of a map in resources/classmaps
    double voxelSize = 0.05; ///< metres
    std::string label;       ///< for people, e.g. "SPVCNN 1.4M"
    double width = 0.0;      ///< of all layers, 1 = as published; 0 = not said
};

/// Reads the head of the file only. Empty for weights that do not say, such as the official ones.
/// Throws `CheckpointError` when the file is missing or damaged.
std::optional<ModelDescription> describeModelFile(const std::filesystem::path& path);

/// The class map of resources/classmaps with that name.
std::shared_ptr<const ClassMap> classMapNamed(const std::string& name);

/// Whether it holds a network for single objects, which `siskin cones` runs and nothing else does.
/// Throws what `describeModelFile` throws.
bool isObjectModelFile(const std::filesystem::path& path);

} // namespace siskin
