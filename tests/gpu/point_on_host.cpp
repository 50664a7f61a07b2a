// SPDX-License-Identifier: MIT
#include "tests/gpu/point_on_host.hpp"

#include "gpu/platform.hpp"

namespace siskin::test {

namespace {

using torch::Tensor;

/// With the same strides, which are part of what is tested; an expanded tensor loses them.
Tensor up(const Tensor& tensor) {
    const auto device = gpu::device();
    if (!tensor.defined() || tensor.device() == device) {
        return tensor;
    }
    for (std::int64_t d = 0; d < tensor.dim(); ++d) {
        if (tensor.stride(d) == 0 || tensor.numel() == 0) {
            return tensor.to(device);
        }
    }
    return torch::empty_strided(tensor.sizes(), tensor.strides(), tensor.options().device(device))
        .copy_(tensor);
}

GridPlacement up(const GridPlacement& placement) {
    return {up(placement.position), up(placement.voxel), up(placement.count), placement.resolution};
}

ThreeNearest up(const ThreeNearest& neighbours) {
    return {up(neighbours.index), up(neighbours.weight)};
}

Tensor down(const Tensor& tensor) {
    return tensor.cpu();
}

} // namespace

const PointOps& OnHost::inner() const {
    if (!inner_) {
        inner_ = make_();
    }
    return *inner_;
}

std::string OnHost::description() const {
    return inner().description();
}

GridPlacement OnHost::placeInGrid(const Tensor& coords, int resolution, CloudScale scale) const {
    const auto made = inner().placeInGrid(up(coords), resolution, scale);
    return {down(made.position), down(made.voxel), down(made.count), made.resolution};
}

Tensor OnHost::voxelize(const Tensor& features, const GridPlacement& placement) const {
    return down(inner().voxelize(up(features), up(placement)));
}

Tensor OnHost::devoxelize(
    const Tensor& grid,
    const GridPlacement& placement,
    const Tensor& channelScale,
    const Tensor& addend
) const {
    return down(inner().devoxelize(up(grid), up(placement), up(channelScale), up(addend)));
}

Tensor OnHost::channelMeans(const Tensor& grid) const {
    return down(inner().channelMeans(up(grid)));
}

PreparedDenseConvPtr
OnHost::prepareConv(const Tensor& weight, const Tensor& bias, float negativeSlope) const {
    return inner().prepareConv(up(weight), up(bias), negativeSlope);
}

PreparedDenseConvPtr OnHost::prepareNormalizedConv(
    const Tensor& weight, const Tensor& bias, const BatchNorm& norm, float negativeSlope
) const {
    const BatchNorm there{
        up(norm.weight), up(norm.bias), up(norm.mean), up(norm.variance), norm.epsilon};
    return inner().prepareNormalizedConv(up(weight), up(bias), there, negativeSlope);
}

Tensor OnHost::convolve(const Tensor& grid, const PreparedDenseConv& conv) const {
    return down(inner().convolve(up(grid), conv));
}

Tensor OnHost::furthestPoints(const Tensor& coords, std::int64_t count) const {
    return down(inner().furthestPoints(up(coords), count));
}

Tensor OnHost::ballNeighbours(
    const Tensor& coords, const Tensor& centres, float radius, std::int64_t count
) const {
    return down(inner().ballNeighbours(up(coords), up(centres), radius, count));
}

Tensor
OnHost::nearestNeighbours(const Tensor& cloud, const Tensor& queries, std::int64_t count) const {
    return down(inner().nearestNeighbours(up(cloud), up(queries), count));
}

ThreeNearest OnHost::threeNearest(const Tensor& coords, const Tensor& queries) const {
    const auto found = inner().threeNearest(up(coords), up(queries));
    return {down(found.index), down(found.weight)};
}

Tensor OnHost::interpolate(const Tensor& features, const ThreeNearest& neighbours) const {
    return down(inner().interpolate(up(features), up(neighbours)));
}

Tensor OnHost::gather(const Tensor& features, const Tensor& index) const {
    return down(inner().gather(up(features), up(index)));
}

Tensor OnHost::groupAround(
    const Tensor& coords, const Tensor& centres, const Tensor& features, const Tensor& index
) const {
    return down(inner().groupAround(up(coords), up(centres), up(features), up(index)));
}

} // namespace siskin::test
