// SPDX-License-Identifier: MIT
// The layers of networks on clouds (PVCNN: Liu et al., NeurIPS 2019; PointNet++: Qi et al., NIPS
// 2017), written once for every device. Features are (B, C, N) or (B, C, M, K), channels-last in
// memory, so that point-wise layers see rows without a copy. Conventions: models.md 5.
#pragma once

#include "core/nn/layers.hpp"
#include "core/points/point_ops.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace siskin {

/// What a forward pass over clouds needs besides weights and data.
struct PointContext : ForwardContext {
    const PointOps& points;
};

/// A cloud on its way through a network. Copies share where its points lie in grids.
struct Cloud {
    torch::Tensor coords;   ///< (B, 3, N)
    torch::Tensor features; ///< (B, C, N); undefined = no channels
    /// By resolution, made when first asked for.
    std::shared_ptr<std::map<int, GridPlacement>> placements =
        std::make_shared<std::map<int, GridPlacement>>();

    Cloud with(torch::Tensor others) const { return {coords, std::move(others), placements}; }
};

/// Channels side by side: each (B, C_i, N) -> (B, sum of C_i, N).
torch::Tensor joinChannels(const std::vector<torch::Tensor>& parts);

/// Largest value of each channel over the points: (B, C, N) -> [B, C].
torch::Tensor cloudMaximum(const torch::Tensor& features);

/// The same over the neighbours of each point: (B, C, M, K) -> (B, C, M).
torch::Tensor neighbourMaximum(const torch::Tensor& features);

/// The same row for every point: [B, C] -> (B, C, points).
torch::Tensor repeatOverPoints(const torch::Tensor& rows, std::int64_t points);

/// How a point-wise layer is stored: its weight is [out, in] followed by so many ones (Linear 0,
/// Conv1d 1, Conv2d 2).
enum class StoredAs { Linear = 0, Conv1d = 1, Conv2d = 2 };

/// One point-wise layer: linear, then batch-norm and ReLU where it has them.
struct PointLayer {
    ConvLayer layer;

    /// (B, Cin, ...) -> (B, Cout, ...); a [B, Cin] gives a [B, Cout]. `addend`, of the result's
    /// shape, is added before the ReLU where it is defined.
    torch::Tensor forward(
        const PointContext& context, const torch::Tensor& features, const torch::Tensor& addend = {}
    ) const;
};

/// `names.norm` empty: without batch-norm. `withBias` false: the file holds none.
PointLayer loadPointLayer(
    Parameters& parameters,
    const SparseOps& ops,
    const LayerNames& names,
    std::int64_t in,
    std::int64_t out,
    Activation activation,
    StoredAs stored,
    bool withBias = true
);

/// SharedMLP: for each width a point-wise layer with batch-norm and ReLU. Keys `<prefix>.layers.0`
/// (linear), `.1` (batch-norm), `.3`, `.4` ...
class SharedMlp {
  public:
    SharedMlp() = default;
    SharedMlp(
        Parameters& parameters,
        const SparseOps& ops,
        const std::string& prefix,
        std::int64_t in,
        const std::vector<std::int64_t>& widths,
        StoredAs stored = StoredAs::Conv1d
    );

    torch::Tensor forward(const PointContext& context, torch::Tensor features) const;

    int layerCount() const noexcept { return static_cast<int>(layers_.size()); }

    std::int64_t channelsOut() const noexcept { return layers_.back().layer.conv->channelsOut(); }

  private:
    std::vector<PointLayer> layers_;
};

/// What a PVConv is, besides its weights.
struct PvConvPlan {
    std::int64_t in = 0;
    std::int64_t out = 0;
    int resolution = 0;
    CloudScale scale = CloudScale::UnitBall;
    bool squeeze = false; ///< squeeze-and-excitation after the convolutions
};

/// Point-voxel convolution (models.md 5.1): a voxel branch of two dense convolutions and a
/// point-wise branch, added. Keys `<prefix>.voxel_layers.{0,1,3,4,6.fc.0,6.fc.2}` and
/// `<prefix>.point_features.layers.{0,1}`.
class PvConv {
  public:
    PvConv(
        Parameters& parameters,
        const SparseOps& rows,
        const PointOps& points,
        const std::string& prefix,
        const PvConvPlan& plan
    );

    Cloud forward(const PointContext& context, const Cloud& cloud) const;

    /// How often `ForwardContext::layerDone` is called.
    int layerCount() const noexcept { return squeeze_.empty() ? 3 : 5; }

  private:
    torch::Tensor
    convolve(const PointContext& context, std::size_t which, const torch::Tensor& grid) const;
    torch::Tensor channelScale(const PointContext& context, const torch::Tensor& grid) const;

    std::string name_;
    PvConvPlan plan_;
    std::vector<PreparedDenseConvPtr> convs_; ///< two
    std::vector<PointLayer> squeeze_;         ///< two or none
    SharedMlp pointBranch_;
};

/// `PointOps` recorded: see there for shapes.
const GridPlacement&
placeInGrid(const PointContext& context, const Cloud& cloud, int resolution, CloudScale scale);
torch::Tensor convolveGrid(
    const PointContext& context,
    const std::string& name,
    const torch::Tensor& grid,
    const PreparedDenseConv& conv
);
torch::Tensor
furthestPoints(const PointContext& context, const torch::Tensor& coords, std::int64_t count);
torch::Tensor ballNeighbours(
    const PointContext& context,
    const torch::Tensor& coords,
    const torch::Tensor& centres,
    float radius,
    std::int64_t count
);
torch::Tensor nearestNeighbours(
    const PointContext& context,
    const torch::Tensor& points,
    const torch::Tensor& queries,
    std::int64_t count
);
torch::Tensor
gather(const PointContext& context, const torch::Tensor& features, const torch::Tensor& index);
torch::Tensor groupAround(
    const PointContext& context,
    const Cloud& cloud,
    const torch::Tensor& centres,
    const torch::Tensor& index
);
/// Features of `coarse` at the points of `fine`: three-nearest interpolation.
torch::Tensor
interpolate(const PointContext& context, const Cloud& coarse, const torch::Tensor& fineCoords);

} // namespace siskin
