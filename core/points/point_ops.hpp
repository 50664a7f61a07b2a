// SPDX-License-Identifier: MIT
// The dense half of the core: what networks on unordered clouds and regular grids need (PVCNN,
// PVCNN++, PointNet++, DGCNN), each operation stated once. `reference` (plain, differentiable in
// features and weights) and `cpu` (fast) implement it. Conventions: models.md 5.
//
// Layout: coordinates (B, 3, N), features (B, C, N), grids (B, C, r, r, r) with axes x, y, z;
// float32, any strides. Every feature result of `cpu` is channels-last in memory (the channels of a
// point or voxel lie side by side), which its own operations take without a copy; `.contiguous()`
// gives the other order. Index tensors are int32, contiguous, and count points within their cloud.
//
// Squared distances are ((dx*dx + dy*dy) + dz*dz), in general the dimensions summed in order, in
// float32 without fused multiply-add, so that every implementation, instruction set and number of
// threads finds the same neighbours. Coordinates must be finite, those of a grid 1e15 at most.
//
// All operations throw `DeviceError` when shapes or types disagree or a size is zero.
#pragma once

#include "core/sparse/batch_norm.hpp"

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>

namespace siskin {

/// Sums and squares of coordinates up to here stay finite in float32, however many points.
inline constexpr float kFurthestCoordinate = 1e15F;

/// How a cloud is brought into the unit cube, after its mean was subtracted (models.md 5.1).
enum class CloudScale {
    UnitBall, ///< q / (2 * largest norm) + 0.5; to the centre where all norms are 0
    Half,     ///< (q + 1) / 2: clouds that are normalised already (ShapeNet)
};

/// Where the points of each cloud lie in its grid of resolution^3 voxels.
struct GridPlacement {
    torch::Tensor position; ///< float32 [B, 3, N], in voxels, clamped to [0, r - 1]
    torch::Tensor voxel;    ///< int32 [B, N], (x * r + y) * r + z of the rounded position
    torch::Tensor count;    ///< int32 [B, r^3], points in each voxel
    int resolution = 0;
};

/// Three rows to blend for each query, and their weights (which sum to 1).
struct ThreeNearest {
    torch::Tensor index;  ///< int32 [B, M, 3], nearest first; 0 where there are fewer points
    torch::Tensor weight; ///< float32 [B, M, 3]
};

/// Weights of one dense convolution in the layout that an implementation likes.
class PreparedDenseConv {
  public:
    virtual ~PreparedDenseConv() = default;

    std::int64_t channelsIn() const noexcept { return channelsIn_; }

    std::int64_t channelsOut() const noexcept { return channelsOut_; }

    float negativeSlope() const noexcept { return negativeSlope_; }

  protected:
    PreparedDenseConv(std::int64_t channelsIn, std::int64_t channelsOut, float negativeSlope)
        : channelsIn_(channelsIn), channelsOut_(channelsOut), negativeSlope_(negativeSlope) {}

  private:
    std::int64_t channelsIn_;
    std::int64_t channelsOut_;
    float negativeSlope_;
};

using PreparedDenseConvPtr = std::shared_ptr<const PreparedDenseConv>;

class PointOps {
  public:
    virtual ~PointOps() = default;

    virtual std::string name() const = 0;        ///< "reference", "cpu"
    virtual std::string description() const = 0; ///< for people, e.g. "cpu (AVX-512, 2 threads)"

    /// `coords` [B, 3, N]; `resolution` 1..256. Positions round half to even. Throws `DatasetError`
    /// when a coordinate is not finite or beyond `kFurthestCoordinate`.
    virtual GridPlacement
    placeInGrid(const torch::Tensor& coords, int resolution, CloudScale scale) const = 0;

    /// Sum of f * (1 / count) over the points of each voxel, 0 in empty ones: (B, C, N) ->
    /// (B, C, r, r, r).
    virtual torch::Tensor
    voxelize(const torch::Tensor& features, const GridPlacement& placement) const = 0;

    /// Trilinear interpolation of the grid at the points' positions, (B, C, r, r, r) -> (B, C, N),
    /// never reading outside; times `channelScale` [B, C] (squeeze-and-excitation, which commutes
    /// with interpolation) and plus `addend` (B, C, N) where they are defined.
    virtual torch::Tensor devoxelize(
        const torch::Tensor& grid,
        const GridPlacement& placement,
        const torch::Tensor& channelScale = {},
        const torch::Tensor& addend = {}
    ) const = 0;

    /// Mean over all voxels, empty ones included: (B, C, r, r, r) -> [B, C].
    virtual torch::Tensor channelMeans(const torch::Tensor& grid) const = 0;

    /// `weight` [Cout, Cin, 3, 3, 3] and `bias` [Cout] or undefined, batch-norm already folded in.
    /// Negative results are multiplied by `negativeSlope` in [0, 1]: 1 none, 0 ReLU, 0.1 PVConv.
    virtual PreparedDenseConvPtr prepareConv(
        const torch::Tensor& weight, const torch::Tensor& bias, float negativeSlope
    ) const = 0;

    /// `prepareConv` of a convolution and the batch-norm after it.
    virtual PreparedDenseConvPtr prepareNormalizedConv(
        const torch::Tensor& weight,
        const torch::Tensor& bias,
        const BatchNorm& norm,
        float negativeSlope
    ) const = 0;

    /// Cross-correlation with zero padding of 1: (B, Cin, r, r, r) -> (B, Cout, r, r, r).
    virtual torch::Tensor
    convolve(const torch::Tensor& grid, const PreparedDenseConv& conv) const = 0;

    /// int32 [B, count]: index 0, then each time the point furthest from all chosen so far. Of
    /// equally far points the one with the smallest (index mod 512, index) is taken, which is what
    /// the published 512-thread scan with its pairwise tree does (models.md 5.3). Chosen points may
    /// be chosen again once all distances are 0.
    virtual torch::Tensor furthestPoints(const torch::Tensor& coords, std::int64_t count) const = 0;

    /// int32 [B, M, count]: the first `count` points, in index order, whose squared distance to the
    /// centre is strictly below radius^2; the first hit fills the rest; index 0 if there is none.
    virtual torch::Tensor ballNeighbours(
        const torch::Tensor& coords, const torch::Tensor& centres, float radius, std::int64_t count
    ) const = 0;

    /// int32 [B, M, count]: nearest first, ties to the lower index; a point is its own neighbour.
    /// `points` (B, D, N) and `queries` (B, D, M) in any number of dimensions; N >= count.
    virtual torch::Tensor nearestNeighbours(
        const torch::Tensor& points, const torch::Tensor& queries, std::int64_t count
    ) const = 0;

    /// The three points nearest to each query and weights in proportion to the inverse of their
    /// squared distances, clamped to [1e-10, 1e10]; a missing neighbour counts as 1e10 away.
    virtual ThreeNearest
    threeNearest(const torch::Tensor& coords, const torch::Tensor& queries) const = 0;

    /// Weighted sum of three rows per query: (B, C, N) -> (B, C, M).
    virtual torch::Tensor
    interpolate(const torch::Tensor& features, const ThreeNearest& neighbours) const = 0;

    /// features[b, :, index[b, ...]]: (B, C, N) with index [B, M] -> (B, C, M), with index
    /// [B, M, K] -> (B, C, M, K). Throws `DeviceError` when an index is out of range.
    virtual torch::Tensor
    gather(const torch::Tensor& features, const torch::Tensor& index) const = 0;

    /// What a set abstraction feeds its layers: channels [neighbour xyz - centre xyz, features], so
    /// (B, 3 + C, M, K). `features` may be undefined (C = 0).
    virtual torch::Tensor groupAround(
        const torch::Tensor& coords,
        const torch::Tensor& centres,
        const torch::Tensor& features,
        const torch::Tensor& index
    ) const = 0;
};

/// Plain loops and LibTorch operations: the oracle of every test.
std::shared_ptr<const PointOps> makeReferencePointOps();

/// Vectorised (AVX-512, AVX2 or portable, chosen at run time; SISKIN_CPU_ISA overrides it) and
/// multi-threaded; convolutions through oneDNN. Results do not depend on the number of threads.
std::shared_ptr<const PointOps> makeCpuPointOps();

} // namespace siskin
