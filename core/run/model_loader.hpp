// SPDX-License-Identifier: MIT
// From a ModelSpec to a network with weights.
#pragma once

#include "core/models/model_metadata.hpp"
#include "core/models/network.hpp"
#include "core/run/pipeline.hpp"

#include <memory>
#include <optional>
#include <string>

namespace siskin {

struct LoadedNetwork {
    std::unique_ptr<Network> network;
    ModelInfo info; ///< `device` is left to the caller
};

/// A LiDAR network. Throws `CheckpointError`, `ConfigError` or `DatasetError` (missing file).
LoadedNetwork loadNetwork(const ModelSpec& spec, const SparseOps& ops);

// What loading any kind of network has in common.

struct ModelWeights {
    Parameters parameters;
    std::optional<ModelMetadata> metadata; ///< of files that `siskin train` wrote
};

/// Reads the file, or makes random weights up; gives `spec` the class map that the file names where
/// it has none. Throws as `loadNetwork`, also when the file is of another kind or other classes.
ModelWeights openWeights(ModelSpec& spec);

/// Throws `ConfigError` when neither user nor file say it.
void requireClassMap(const ModelSpec& spec);

/// Facts for people, once `weights` have been taken. Throws `ConfigError` when the network has
/// another number of classes than the class map.
ModelInfo
describeModel(const ModelSpec& spec, const ModelWeights& weights, std::int64_t networkClasses);

} // namespace siskin
