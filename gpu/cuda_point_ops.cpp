// SPDX-License-Identifier: MIT
// Checks, then the work of point_grid, point_neighbours and point_conv.
#include "gpu/cuda_point_ops.hpp"

#include "core/base/error.hpp"
#include "core/points/checks.hpp"
#include "gpu/point_conv.hpp"
#include "gpu/point_grid.hpp"
#include "gpu/point_neighbours.hpp"
#include "gpu/point_tensors.hpp"

#include <fmt/format.h>

namespace siskin {

namespace {

using torch::Tensor;

class CudaPointOps final : public PointOps {
  public:
    std::string name() const override { return "cuda"; }

    std::string description() const override { return fmt::format("cuda ({})", gpu::deviceName()); }

    GridPlacement
    placeInGrid(const Tensor& coords, int resolution, CloudScale scale) const override {
        return gpu::placeInGrid(coords, resolution, scale);
    }

    Tensor voxelize(const Tensor& features, const GridPlacement& placement) const override {
        points::requireVoxelize(features, placement);
        return gpu::voxelize(features, placement);
    }

    Tensor devoxelize(
        const Tensor& grid,
        const GridPlacement& placement,
        const Tensor& channelScale,
        const Tensor& addend
    ) const override {
        points::requireDevoxelize(grid, placement, channelScale, addend);
        return gpu::devoxelize(grid, placement, channelScale, addend);
    }

    Tensor channelMeans(const Tensor& grid) const override {
        points::requireGrid(grid, "grid");
        return gpu::channelMeans(grid);
    }

    PreparedDenseConvPtr
    prepareConv(const Tensor& weight, const Tensor& bias, float negativeSlope) const override {
        points::requireDenseWeights(weight, bias, negativeSlope);
        return gpu::prepareDenseConv(weight, bias, std::nullopt, negativeSlope);
    }

    PreparedDenseConvPtr prepareNormalizedConv(
        const Tensor& weight, const Tensor& bias, const BatchNorm& norm, float negativeSlope
    ) const override {
        points::requireDenseWeights(weight, bias, negativeSlope);
        return gpu::prepareDenseConv(weight, bias, norm, negativeSlope);
    }

    Tensor convolve(const Tensor& grid, const PreparedDenseConv& conv) const override {
        points::requireGrid(grid, "convolution input", conv.channelsIn());
        return gpu::convolveDense(grid, conv);
    }

    Tensor furthestPoints(const Tensor& coords, std::int64_t count) const override {
        points::requireCloud(coords, "coordinates", 3);
        points::requirePositive(count, "furthest points");
        return gpu::furthestPoints(coords, count);
    }

    Tensor ballNeighbours(
        const Tensor& coords, const Tensor& centres, float radius, std::int64_t count
    ) const override {
        points::requireBall(coords, centres, radius, count);
        return gpu::ballNeighbours(coords, centres, radius, count);
    }

    Tensor nearestNeighbours(const Tensor& cloud, const Tensor& queries, std::int64_t count)
        const override {
        points::requireNeighbours(cloud, queries, count);
        return gpu::nearestNeighbours(cloud, queries, count);
    }

    ThreeNearest threeNearest(const Tensor& coords, const Tensor& queries) const override {
        points::requireQueries(coords, queries);
        return gpu::threeNearest(coords, queries);
    }

    // The checks of points/checks.hpp look at all indices, which costs two waits for the device;
    // below, the kernels do.

    Tensor interpolate(const Tensor& features, const ThreeNearest& neighbours) const override {
        points::requireCloud(features, "features to interpolate");
        gpu::requireIndexShape(neighbours.index, "three nearest", features.size(0));
        const auto& weight = neighbours.weight;
        const bool fits = neighbours.index.dim() == 3 && neighbours.index.size(2) == 3 &&
                          weight.defined() && weight.scalar_type() == torch::kFloat32 &&
                          weight.is_contiguous() && weight.sizes() == neighbours.index.sizes();
        if (!fits) {
            throw DeviceError("weights of the three nearest: float32 [B, M, 3] expected");
        }
        return gpu::interpolate(features, neighbours);
    }

    Tensor gather(const Tensor& features, const Tensor& index) const override {
        points::requireCloud(features, "features to gather");
        gpu::requireIndexShape(index, "points to gather", features.size(0));
        return gpu::gather(features, index);
    }

    Tensor groupAround(
        const Tensor& coords, const Tensor& centres, const Tensor& features, const Tensor& index
    ) const override {
        points::requireCloud(coords, "coordinates", 3);
        points::requireCloud(centres, "centres", 3, coords.size(0));
        gpu::requireIndexShape(index, "neighbours", coords.size(0));
        if (index.dim() != 3 || index.size(1) != centres.size(2)) {
            throw DeviceError(
                fmt::format("neighbours: one row for each of {} centres", centres.size(2))
            );
        }
        if (features.defined()) {
            points::requireCloud(features, "features to group", -1, coords.size(0));
            if (features.size(2) != coords.size(2)) {
                throw DeviceError(fmt::format("features to group: {} points", coords.size(2)));
            }
        }
        return gpu::groupAround(coords, centres, features, index);
    }
};

} // namespace

std::shared_ptr<const PointOps> makeCudaPointOps() {
    gpu::requireDevice();
    return std::make_shared<CudaPointOps>();
}

} // namespace siskin
