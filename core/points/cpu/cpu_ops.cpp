// SPDX-License-Identifier: MIT
// The fast CPU implementation: checks, then the work of grid, dense_conv, neighbours and rows.
#include "core/base/parallel.hpp"
#include "core/points/checks.hpp"
#include "core/points/cpu/dense_conv.hpp"
#include "core/points/cpu/grid.hpp"
#include "core/points/cpu/neighbours.hpp"
#include "core/points/cpu/rows.hpp"

#include <fmt/format.h>

namespace siskin {

namespace {

using torch::Tensor;

class CpuPointOps final : public PointOps {
  public:
    std::string name() const override { return "cpu"; }

    std::string description() const override {
        const int threads = threadCount();
        return fmt::format(
            "cpu ({}, {} thread{}, {})",
            points::selectPointKernels().name,
            threads,
            threads == 1 ? "" : "s",
            points::denseConvLibrary()
        );
    }

    GridPlacement
    placeInGrid(const Tensor& coords, int resolution, CloudScale scale) const override {
        points::requirePlacement(coords, resolution);
        return points::placeInGrid(coords, resolution, scale);
    }

    Tensor voxelize(const Tensor& features, const GridPlacement& placement) const override {
        points::requireVoxelize(features, placement);
        return points::voxelize(features, placement);
    }

    Tensor devoxelize(
        const Tensor& grid,
        const GridPlacement& placement,
        const Tensor& channelScale,
        const Tensor& addend
    ) const override {
        points::requireDevoxelize(grid, placement, channelScale, addend);
        return points::devoxelize(grid, placement, channelScale, addend);
    }

    Tensor channelMeans(const Tensor& grid) const override {
        points::requireGrid(grid, "grid");
        return points::channelMeans(grid);
    }

    PreparedDenseConvPtr
    prepareConv(const Tensor& weight, const Tensor& bias, float negativeSlope) const override {
        points::requireDenseWeights(weight, bias, negativeSlope);
        return points::prepareDenseConv(weight, bias, std::nullopt, negativeSlope);
    }

    PreparedDenseConvPtr prepareNormalizedConv(
        const Tensor& weight, const Tensor& bias, const BatchNorm& norm, float negativeSlope
    ) const override {
        points::requireDenseWeights(weight, bias, negativeSlope);
        return points::prepareDenseConv(weight, bias, norm, negativeSlope);
    }

    Tensor convolve(const Tensor& grid, const PreparedDenseConv& conv) const override {
        points::requireGrid(grid, "convolution input", conv.channelsIn());
        return points::convolveDense(grid, conv);
    }

    Tensor furthestPoints(const Tensor& coords, std::int64_t count) const override {
        points::requireCloud(coords, "coordinates", 3);
        points::requirePositive(count, "furthest points");
        return points::furthestPoints(coords, count);
    }

    Tensor ballNeighbours(
        const Tensor& coords, const Tensor& centres, float radius, std::int64_t count
    ) const override {
        points::requireBall(coords, centres, radius, count);
        return points::ballNeighbours(coords, centres, radius, count);
    }

    Tensor nearestNeighbours(const Tensor& cloud, const Tensor& queries, std::int64_t count)
        const override {
        points::requireNeighbours(cloud, queries, count);
        return points::nearestNeighbours(cloud, queries, count);
    }

    ThreeNearest threeNearest(const Tensor& coords, const Tensor& queries) const override {
        points::requireQueries(coords, queries);
        return points::threeNearest(coords, queries);
    }

    Tensor interpolate(const Tensor& features, const ThreeNearest& neighbours) const override {
        points::requireInterpolate(features, neighbours);
        return points::blendThree(features, neighbours.index, neighbours.weight);
    }

    Tensor gather(const Tensor& features, const Tensor& index) const override {
        points::requireCloud(features, "features to gather");
        points::requireIndex(index, "points to gather", features.size(0), features.size(2));
        return points::gatherRows(features, index);
    }

    Tensor groupAround(
        const Tensor& coords, const Tensor& centres, const Tensor& features, const Tensor& index
    ) const override {
        points::requireGroup(coords, centres, features, index);
        return points::groupRows(coords, centres, features, index);
    }
};

} // namespace

std::shared_ptr<const PointOps> makeCpuPointOps() {
    return std::make_shared<CpuPointOps>();
}

} // namespace siskin
