// SPDX-License-Identifier: MIT
// The layers of the sparse networks, written once for every device. For inference, batch-norm is
// folded into the convolution before it; bias, residual and ReLU are part of the same operation.
#pragma once

#include "core/nn/parameters.hpp"
#include "core/sparse/sparse_ops.hpp"
#include "core/trace/recorder.hpp"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace siskin {

/// What a forward pass needs besides weights and data.
struct ForwardContext {
    const SparseOps& ops;
    TraceRecorder& trace;
    std::stop_token stop;            ///< asked before every layer
    std::function<void()> layerDone; ///< called after every layer; may be empty
    bool calibrating = false;        ///< run in float32 and note ranges, see SparseOps::calibrate
    /// Training only: sets a share of the values to 0 and scales the others up.
    std::function<torch::Tensor(const torch::Tensor&, double share)> dropout{};
};

/// `features`, or in training what dropout leaves of them.
torch::Tensor dropOut(const ForwardContext& context, const torch::Tensor& features, double share);

/// Where a layer's tensors are in the state dict.
struct LayerNames {
    std::string conv; ///< e.g. "stem.0"
    std::string norm; ///< e.g. "stem.1"; empty = no batch-norm
};

/// One convolution or point-wise linear layer with everything that follows it.
struct ConvLayer {
    std::string name; ///< as in the state dict
    SpanKind kind = SpanKind::Convolution;
    PreparedConvPtr conv;

    /// Runs the layer and records it. See `SparseOps::convolve`.
    torch::Tensor forward(
        const ForwardContext& context,
        const torch::Tensor& features,
        const KernelMapPtr& map,
        const Shortcut& shortcut = {},
        const torch::Tensor& out = {}
    ) const;
};

/// Loads `<conv>.kernel` ([volume, in, out], or [in, out] for volume 1) and folds `<norm>` into it.
ConvLayer loadConv(
    Parameters& parameters,
    const SparseOps& ops,
    const LayerNames& names,
    int volume,
    std::int64_t in,
    std::int64_t out,
    Activation activation
);

/// Loads `<conv>.weight` [out, storedIn] and `<conv>.bias`; uses the first `in` input columns.
ConvLayer loadLinear(
    Parameters& parameters,
    const SparseOps& ops,
    const LayerNames& names,
    std::int64_t in,
    std::int64_t out,
    Activation activation,
    std::int64_t storedIn
);

/// ReLU(conv3(ReLU(conv3(x))) + x or projection(x)).
struct ResidualBlock {
    ConvLayer first;
    ConvLayer second;
    std::optional<ConvLayer> projection;

    torch::Tensor forward(
        const ForwardContext& context,
        const torch::Tensor& features,
        const KernelMapPtr& neighbours,
        const torch::Tensor& out = {}
    ) const;
};

/// `SparseOps::pointsToVoxels`, `voxelsToPoints` and `mapPoints`, recorded.
torch::Tensor pointsToVoxels(
    const ForwardContext& context,
    const std::string& name,
    const torch::Tensor& features,
    const PointVoxelMap& map
);
torch::Tensor voxelsToPoints(
    const ForwardContext& context,
    const std::string& name,
    const torch::Tensor& features,
    const PointVoxelMap& map,
    const torch::Tensor& addend = {}
);
PointVoxelMap mapPoints(
    const ForwardContext& context, const torch::Tensor& points, const VoxelSet& voxels, int stride
);

} // namespace siskin
