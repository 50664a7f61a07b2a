// SPDX-License-Identifier: MIT
// From a ModelSpec to a network with weights.
#pragma once

#include "core/models/network.hpp"
#include "core/run/pipeline.hpp"

#include <memory>

namespace siskin {

struct LoadedNetwork {
    std::unique_ptr<Network> network;
    ModelInfo info; ///< `device` is left to the caller
};

/// Throws `CheckpointError`, `ConfigError` or `DatasetError` (missing file).
LoadedNetwork loadNetwork(const ModelSpec& spec, const SparseOps& ops);

} // namespace siskin
