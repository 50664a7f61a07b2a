// SPDX-License-Identifier: MIT
// PointOps of a device for tests that know only the processor's memory: arguments are copied there
// and results back. Where both are the same memory, as in the emulator, nothing is copied.
#pragma once

#include "core/points/point_ops.hpp"

#include <functional>

namespace siskin::test {

class OnHost final : public PointOps {
  public:
    using Tensor = torch::Tensor;
    using Make = std::function<std::shared_ptr<const PointOps>()>;

    /// `make` is called at the first operation.
    OnHost(std::string name, Make make) : name_(std::move(name)), make_(std::move(make)) {}

    std::string name() const override { return name_; }

    std::string description() const override;

    GridPlacement
    placeInGrid(const Tensor& coords, int resolution, CloudScale scale) const override;
    Tensor voxelize(const Tensor& features, const GridPlacement& placement) const override;
    Tensor devoxelize(
        const Tensor& grid,
        const GridPlacement& placement,
        const Tensor& channelScale,
        const Tensor& addend
    ) const override;
    Tensor channelMeans(const Tensor& grid) const override;
    PreparedDenseConvPtr
    prepareConv(const Tensor& weight, const Tensor& bias, float negativeSlope) const override;
    PreparedDenseConvPtr prepareNormalizedConv(
        const Tensor& weight, const Tensor& bias, const BatchNorm& norm, float negativeSlope
    ) const override;
    Tensor convolve(const Tensor& grid, const PreparedDenseConv& conv) const override;
    Tensor furthestPoints(const Tensor& coords, std::int64_t count) const override;
    Tensor ballNeighbours(
        const Tensor& coords, const Tensor& centres, float radius, std::int64_t count
    ) const override;
    Tensor nearestNeighbours(const Tensor& cloud, const Tensor& queries, std::int64_t count)
        const override;
    ThreeNearest threeNearest(const Tensor& coords, const Tensor& queries) const override;
    Tensor interpolate(const Tensor& features, const ThreeNearest& neighbours) const override;
    Tensor gather(const Tensor& features, const Tensor& index) const override;
    Tensor groupAround(
        const Tensor& coords, const Tensor& centres, const Tensor& features, const Tensor& index
    ) const override;

  private:
    const PointOps& inner() const;

    std::string name_;
    Make make_;
    mutable std::shared_ptr<const PointOps> inner_;
};

} // namespace siskin::test
