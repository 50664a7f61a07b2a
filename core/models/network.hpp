// SPDX-License-Identifier: MIT
// What every LiDAR network looks like from outside.
#pragma once

#include "core/models/unet.hpp"

#include <memory>
#include <string>

namespace siskin {

/// The occupied voxels of a scan, as its data pipeline prepares them (models.md 4.1).
struct NetworkInput {
    VoxelSet voxels; ///< stride 1, coordinates >= 0
    /// x, y, z (metres), remission of each voxel's representative: [V, 4], float32 also where an
    /// implementation stores features in a 16-bit format.
    torch::Tensor features;
};

class Network {
  public:
    virtual ~Network() = default;
    /// Logits [V, classes], features of `context.ops`, one row per input voxel. Records the stages
    /// "maps" and "network".
    virtual torch::Tensor
    forward(const ForwardContext& context, const NetworkInput& input) const = 0;
    virtual std::int64_t classes() const = 0;
    virtual int layerCount() const = 0; ///< how often `ForwardContext::layerDone` will be called
};

/// MinkUNet (models.md 3.3). An unused point branch in the file is ignored.
std::unique_ptr<Network>
makeMinkUNet(const UNetPlan& plan, Parameters& parameters, const SparseOps& ops);

/// Voxel sizes of SPVCNN's first step (models.md 2.1), metres.
struct VoxelResolution {
    float points = 0.05F; ///< pres
    float voxels = 0.05F; ///< vres
};

/// SPVCNN (models.md 3.4).
std::unique_ptr<Network> makeSpvcnn(
    const UNetPlan& plan, Parameters& parameters, const SparseOps& ops, VoxelResolution resolution
);

/// An SPVNAS sub-network (models.md 3.5) described by the text of its `net.config`. Throws
/// `ConfigError` naming `origin` and the key when the text is malformed.
std::unique_ptr<Network> makeSpvnas(
    const std::string& netConfig,
    const std::string& origin,
    Parameters& parameters,
    const SparseOps& ops
);

} // namespace siskin
