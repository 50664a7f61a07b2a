// SPDX-License-Identifier: MIT
// A point-wise layer over several things known of a point, side by side.
#pragma once

#include "core/nn/point_layers.hpp"

#include <optional>
#include <vector>

namespace siskin {

/// Channels of the layer's input that come from one tensor.
struct JoinedPart {
    std::int64_t channels = 0;
    bool perCloud = false; ///< [B, C], the same for all points; otherwise (B, C, N)
};

/// Linear, batch-norm, ReLU over all parts. A linear layer of parts is the sum of linear layers, so
/// the wide input is never put together, and what is the same for all points of a cloud is
/// multiplied once per cloud. Training does put it together: batch-norm needs the sums of the
/// batch. It counts as one layer (`ForwardContext::layerDone`).
class JoinedLayer {
  public:
    JoinedLayer() = default;

    /// Keys as for `loadPointLayer` with StoredAs::Conv1d; `names.norm` must not be empty. At least
    /// one part is per point.
    JoinedLayer(
        Parameters& parameters,
        const SparseOps& ops,
        const LayerNames& names,
        std::vector<JoinedPart> parts,
        std::int64_t out
    );

    /// One tensor per part -> (B, out, N).
    torch::Tensor
    forward(const PointContext& context, const std::vector<torch::Tensor>& parts) const;

  private:
    torch::Tensor
    forwardWhole(const PointContext& context, const std::vector<torch::Tensor>& parts) const;

    std::vector<JoinedPart> parts_;
    std::optional<PointLayer> whole_; ///< training: all channels at once
    std::vector<PointLayer> layers_;  ///< otherwise: by part
    std::size_t last_ = 0;            ///< the part that is added last
};

} // namespace siskin
