// SPDX-License-Identifier: MIT
// Small networks for one object at a time: which cone a cluster of points is, and where it stands
// (MIT Driverless with PVCNN: Liu et al., NeurIPS 2019), with the two baselines that PVCNN's paper
// argues against. All three have the same head.
#pragma once

#include "core/models/object_network_kind.hpp"
#include "core/nn/point_layers.hpp"

#include <memory>

namespace siskin {

/// x, y, z, intensity, range (`objectInput` says how they are measured).
inline constexpr std::int64_t kObjectChannels = 5;

struct ObjectOutput {
    torch::Tensor logits; ///< [B, kObjectClasses], in the order of `ConeKind`
    torch::Tensor centre; ///< [B, 3], metres: the middle of the cone's foot, in the input's frame
};

class ObjectNetwork {
  public:
    virtual ~ObjectNetwork() = default;

    /// `input` (B, kObjectChannels, N). Repeated points change PVCNN's and the CNN's means only.
    virtual ObjectOutput forward(const PointContext& context, const torch::Tensor& input) const = 0;

    virtual int layerCount() const = 0; ///< how often `ForwardContext::layerDone` will be called
};

/// Throws `CheckpointError` when tensors are missing, left over or of another shape.
std::unique_ptr<ObjectNetwork> makeObjectNetwork(
    ObjectNetworkKind kind, Parameters& parameters, const SparseOps& rows, const PointOps& points
);

} // namespace siskin
