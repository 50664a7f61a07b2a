// SPDX-License-Identifier: MIT
// The oracle: features and grids in plain LibTorch (autograd works through them), neighbours in
// plain loops, both as close to their definition as possible.
#include "core/points/checks.hpp"
#include "core/points/cloud_means.hpp"
#include "core/points/reference/neighbours.hpp"

#include <torch/nn/functional.h>

#include <array>
#include <optional>

namespace siskin {

namespace {

using namespace points;
using torch::Tensor;

class PlainDenseConv final : public PreparedDenseConv {
  public:
    PlainDenseConv(Tensor weight, Tensor bias, std::optional<BatchNorm> norm, float negativeSlope)
        : PreparedDenseConv(weight.size(1), weight.size(0), negativeSlope),
          weight_(std::move(weight)), bias_(std::move(bias)), norm_(std::move(norm)) {}

    /// Up to the activation.
    Tensor sums(const Tensor& grid) const {
        const Tensor plain = torch::conv3d(grid, weight_, bias_, 1, 1);
        if (!norm_) {
            return plain;
        }
        const auto& [scale, shift, mean, variance, epsilon] = *norm_;
        return torch::batch_norm(plain, scale, shift, mean, variance, false, 0.0, epsilon, false);
    }

  private:
    Tensor weight_;
    Tensor bias_;
    std::optional<BatchNorm> norm_;
};

/// values[b, :, index[b, ...]] for int64 `index` [B, anything].
Tensor gatherColumns(const Tensor& values, const Tensor& index) {
    auto shape = index.sizes().vec();
    shape.insert(shape.begin() + 1, values.size(1));
    const Tensor flat = index.reshape({index.size(0), 1, -1});
    return values.gather(2, flat.expand({-1, values.size(1), -1})).reshape(shape);
}

class ReferencePointOps final : public PointOps {
  public:
    std::string name() const override { return "reference"; }

    std::string description() const override { return "reference (plain LibTorch and loops)"; }

    GridPlacement
    placeInGrid(const Tensor& coords, int resolution, CloudScale scale) const override {
        requirePlacement(coords, resolution);
        Tensor q = coords - cloudMeans(coords).unsqueeze(2);
        if (scale == CloudScale::UnitBall) {
            const Tensor squares = q * q;
            const Tensor squared =
                (squares.select(1, 0) + squares.select(1, 1)) + squares.select(1, 2);
            Tensor largest = squared.amax(1).sqrt().reshape({-1, 1, 1});
            largest = torch::where(largest == 0, torch::ones_like(largest), largest);
            q = q / (2 * largest) + 0.5;
        } else {
            q = (q + 1) / 2;
        }
        GridPlacement placement;
        placement.resolution = resolution;
        placement.position = (q * resolution).clamp(0, resolution - 1).contiguous();
        const Tensor cell = placement.position.round().to(torch::kInt32);
        placement.voxel =
            ((cell.select(1, 0) * resolution + cell.select(1, 1)) * resolution + cell.select(1, 2))
                .contiguous();
        const std::int64_t voxels = std::int64_t{resolution} * resolution * resolution;
        placement.count = torch::zeros({coords.size(0), voxels}, torch::kInt32);
        placement.count.scatter_add_(
            1, placement.voxel.to(torch::kInt64), torch::ones_like(placement.voxel)
        );
        return placement;
    }

    Tensor voxelize(const Tensor& features, const GridPlacement& placement) const override {
        requireVoxelize(features, placement);
        const std::int64_t batch = features.size(0);
        const std::int64_t channels = features.size(1);
        const Tensor voxel = placement.voxel.to(torch::kInt64);
        const Tensor share = 1.0F / placement.count.gather(1, voxel).to(torch::kFloat32);
        const Tensor sums =
            torch::zeros({batch, channels, placement.count.size(1)})
                .scatter_add(
                    2, voxel.unsqueeze(1).expand({-1, channels, -1}), features * share.unsqueeze(1)
                );
        const int r = placement.resolution;
        return sums.reshape({batch, channels, r, r, r});
    }

    Tensor devoxelize(
        const Tensor& grid,
        const GridPlacement& placement,
        const Tensor& channelScale,
        const Tensor& addend
    ) const override {
        requireDevoxelize(grid, placement, channelScale, addend);
        const int r = placement.resolution;
        const Tensor low = placement.position.floor();
        const Tensor fraction = placement.position - low;
        const std::array<Tensor, 2> cell = {low, low + (fraction > 0)};
        const std::array<Tensor, 2> weight = {1 - fraction, fraction};
        const Tensor values = grid.flatten(2);
        Tensor result;
        for (std::size_t corner = 0; corner < 8; ++corner) {
            const std::array<std::size_t, 3> d = {corner >> 2, (corner >> 1) & 1, corner & 1};
            const Tensor x = cell[d[0]].select(1, 0);
            const Tensor y = cell[d[1]].select(1, 1);
            const Tensor z = cell[d[2]].select(1, 2);
            const Tensor w =
                weight[d[0]].select(1, 0) * weight[d[1]].select(1, 1) * weight[d[2]].select(1, 2);
            const Tensor index = ((x * r + y) * r + z).to(torch::kInt64);
            const Tensor part = gatherColumns(values, index) * w.unsqueeze(1);
            result = corner == 0 ? part : result + part;
        }
        if (channelScale.defined()) {
            result = result * channelScale.unsqueeze(2);
        }
        return addend.defined() ? result + addend : result;
    }

    Tensor channelMeans(const Tensor& grid) const override {
        requireGrid(grid, "grid");
        return grid.to(torch::kFloat64).mean({2, 3, 4}).to(torch::kFloat32);
    }

    PreparedDenseConvPtr
    prepareConv(const Tensor& weight, const Tensor& bias, float negativeSlope) const override {
        requireDenseWeights(weight, bias, negativeSlope);
        return std::make_shared<PlainDenseConv>(weight, bias, std::nullopt, negativeSlope);
    }

    PreparedDenseConvPtr prepareNormalizedConv(
        const Tensor& weight, const Tensor& bias, const BatchNorm& norm, float negativeSlope
    ) const override {
        requireDenseWeights(weight, bias, negativeSlope);
        return std::make_shared<PlainDenseConv>(weight, bias, norm, negativeSlope);
    }

    Tensor convolve(const Tensor& grid, const PreparedDenseConv& conv) const override {
        requireGrid(grid, "convolution input", conv.channelsIn());
        const auto& plain = dynamic_cast<const PlainDenseConv&>(conv);
        return torch::leaky_relu(plain.sums(grid), conv.negativeSlope());
    }

    Tensor furthestPoints(const Tensor& coords, std::int64_t count) const override {
        requireCloud(coords, "coordinates", 3);
        requirePositive(count, "furthest points");
        return reference::furthestPoints(coords, count);
    }

    Tensor ballNeighbours(
        const Tensor& coords, const Tensor& centres, float radius, std::int64_t count
    ) const override {
        requireBall(coords, centres, radius, count);
        return reference::ballNeighbours(coords, centres, radius, count);
    }

    Tensor nearestNeighbours(const Tensor& cloud, const Tensor& queries, std::int64_t count)
        const override {
        requireNeighbours(cloud, queries, count);
        return reference::nearestNeighbours(cloud, queries, count);
    }

    ThreeNearest threeNearest(const Tensor& coords, const Tensor& queries) const override {
        requireQueries(coords, queries);
        return reference::threeNearest(coords, queries);
    }

    Tensor interpolate(const Tensor& features, const ThreeNearest& neighbours) const override {
        requireInterpolate(features, neighbours);
        const Tensor parts = gather(features, neighbours.index) * neighbours.weight.unsqueeze(1);
        return (parts.select(3, 0) + parts.select(3, 1)) + parts.select(3, 2);
    }

    Tensor gather(const Tensor& features, const Tensor& index) const override {
        requireCloud(features, "features to gather");
        requireIndex(index, "points to gather", features.size(0), features.size(2));
        return gatherColumns(features, index.to(torch::kInt64));
    }

    Tensor groupAround(
        const Tensor& coords, const Tensor& centres, const Tensor& features, const Tensor& index
    ) const override {
        requireGroup(coords, centres, features, index);
        const Tensor offsets = gather(coords, index) - centres.unsqueeze(3);
        return features.defined() ? torch::cat({offsets, gather(features, index)}, 1) : offsets;
    }
};

} // namespace

std::shared_ptr<const PointOps> makeReferencePointOps() {
    return std::make_shared<ReferencePointOps>();
}

} // namespace siskin
