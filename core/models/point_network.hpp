// SPDX-License-Identifier: MIT
// What every network on clouds looks like from outside: PVCNN and the baselines that its paper
// compares with (models.md 5).
#pragma once

#include "core/models/model_kind.hpp"
#include "core/nn/point_layers.hpp"

#include <memory>

namespace siskin {

inline constexpr std::int64_t kShapeClasses = 50;
inline constexpr std::int64_t kShapeCategoryChannels = 16;
inline constexpr std::int64_t kShapeInputChannels = 22; ///< x, y, z, normal, category
inline constexpr std::int64_t kRoomClasses = 13;
inline constexpr std::int64_t kRoomInputChannels = 9; ///< models.md 4.3

/// int(width * channels), as the published configurations round.
std::int64_t scaled(double width, std::int64_t channels);
std::vector<std::int64_t> scaledAll(double width, const std::vector<std::int64_t>& channels);

std::string_view titleOf(ModelTask task); ///< what is labelled: "LiDAR scenes", "rooms" ...

class PointNetwork {
  public:
    virtual ~PointNetwork() = default;

    /// (B, inputChannels, N), channels 0-2 the coordinates -> logits (B, classes, N). A cloud's
    /// logits do not depend on the others of its batch.
    virtual torch::Tensor
    forward(const PointContext& context, const torch::Tensor& input) const = 0;

    virtual std::int64_t inputChannels() const = 0;
    virtual std::int64_t classes() const = 0;
    virtual int layerCount() const = 0; ///< how often `ForwardContext::layerDone` will be called
};

/// What to build, where no file says it.
struct PointNetworkPlan {
    ModelKind kind = ModelKind::Pvcnn;
    ModelTask task = ModelTask::ShapeParts; ///< or `IndoorScene`
    double width = 1.0;                     ///< every width becomes int(width * w), models.md 5.1
};

/// Builds any of the cloud networks with weights from `parameters`. Throws `ConfigError` when the
/// network does not exist for the task, `CheckpointError` when tensors are missing, left over or of
/// another shape.
std::unique_ptr<PointNetwork> makePointNetwork(
    const PointNetworkPlan& plan,
    Parameters& parameters,
    const SparseOps& rows,
    const PointOps& points
);

/// Task and width of weights that do not say: from the shapes of their tensors. Throws
/// `CheckpointError` when they are of no network of this kind.
PointNetworkPlan planFromShapes(ModelKind kind, const Parameters& parameters);

} // namespace siskin
