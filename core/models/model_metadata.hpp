// SPDX-License-Identifier: MIT
// What a weight file that `siskin train` wrote says about itself, in safetensors' metadata block.
#pragma once

#include "core/models/model_kind.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace siskin {

/// Keys are "siskin.model", "siskin.class_map", "siskin.voxel_size", "siskin.net_config",
/// "siskin.width", "siskin.parameters", "siskin.data", "siskin.seed", "siskin.step",
/// "siskin.commit", "siskin.version" and "siskin.scores".
struct ModelMetadata {
    ModelKind kind = ModelKind::Spvcnn;
    std::string classMap;        ///< name of a map in resources/classmaps
    double voxelSize = 0.05;     ///< metres; networks on clouds have none
    std::string netConfig{};     ///< SPVNAS: the text of its net.config
    double width = 0.0;          ///< all but SPVNAS: `cr`
    std::int64_t parameters = 0; ///< trainable values; 0 = not said
    std::string data{};          ///< what it was trained on, for people
    std::uint64_t seed = 0;
    std::int64_t step = 0; ///< training steps done
    std::string commit{};  ///< of the program that trained it
    std::string version{}; ///< of the same
    /// JSON: {"miou": 0.76, "classes": {"car": 0.9, ...}}; shapes have "instance_miou" and
    /// "category_miou" as well.
    std::string scores{};
};

std::map<std::string, std::string> toMap(const ModelMetadata& metadata);

/// Empty when the map has no "siskin.model": a file of somebody else's. Throws `CheckpointError`
/// naming `origin` and the key when one of ours is malformed.
std::optional<ModelMetadata>
metadataFromMap(const std::map<std::string, std::string>& map, const std::string& origin);

/// All but kind and voxel size, for files that name their network by another key. Throws
/// `CheckpointError` like the above.
ModelMetadata
trainingFromMap(const std::map<std::string, std::string>& map, const std::string& origin);

/// The usual name of a network, e.g. "SPVCNN 1.4M"; without parameters just "SPVCNN".
std::string defaultLabel(ModelKind kind, std::int64_t parameters);

} // namespace siskin
