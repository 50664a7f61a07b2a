// SPDX-License-Identifier: MIT
#include "core/models/point_voxel_unet.hpp"

namespace siskin {

namespace {

constexpr int kPointVoxelSteps = 8; ///< point <-> voxel operators in `forward`
constexpr double kDropout = 0.3;    ///< models.md 3.4

} // namespace

PointVoxelUNet::PointVoxelUNet(
    const UNetPlan& plan,
    const UNetNames& names,
    Parameters& parameters,
    const SparseOps& ops,
    std::optional<VoxelResolution> resolution
)
    : unet_(plan, names, parameters, ops), resolution_(resolution) {
    const std::array<std::int64_t, 4> width = {
        plan.stem, plan.down[3].out, plan.up[1].out, plan.up[3].out};
    for (std::size_t i = 0; i < pointTransforms_.size(); ++i) {
        pointTransforms_[i] = loadLinear(
            parameters,
            ops,
            names.pointTransform(static_cast<int>(i)),
            width[i],
            width[i + 1],
            Activation::Relu,
            width[i]
        );
    }
    parameters.requireAllTaken();
}

int PointVoxelUNet::layerCount() const {
    return unet_.layerCount() + static_cast<int>(pointTransforms_.size()) + kPointVoxelSteps;
}

PointVoxelUNet::Geometry
PointVoxelUNet::buildGeometry(const ForwardContext& context, const NetworkInput& input) const {
    TraceRecorder::Scope span(context.trace, "maps", SpanKind::Stage);
    const auto [pointSize, voxelSize] = resolution_.value_or(VoxelResolution{1.0F, 1.0F});
    const auto points = context.ops.voxelPoints(input.voxels, pointSize, voxelSize);
    const auto voxels = resolution_ ? context.ops.voxelsOfPoints(points).voxels : input.voxels;
    Geometry geometry;
    geometry.levels = buildLevels(context, voxels);
    geometry.stride1 = mapPoints(context, points, geometry.levels.voxels[0], 1);
    geometry.stride4 = mapPoints(context, points, geometry.levels.voxels[2], 4);
    geometry.stride16 = mapPoints(context, points, geometry.levels.voxels[4], 16);
    geometry.perPoint = context.ops.identityMap(points.size(0));
    return geometry;
}

torch::Tensor
PointVoxelUNet::forward(const ForwardContext& context, const NetworkInput& input) const {
    const auto geometry = buildGeometry(context, input);
    const auto& levels = geometry.levels;
    TraceRecorder::Scope span(context.trace, "network", SpanKind::Stage);
    const SkipConnections skips(context.ops, unet_.plan(), levels);

    auto x = pointsToVoxels(context, "x0 = points to voxels", input.features, geometry.stride1);
    x = unet_.stem(context, levels, x, skips);
    const auto z0 = voxelsToPoints(context, "z0 = voxels to points", x, geometry.stride1);

    x = pointsToVoxels(context, "z0 to voxels", z0, geometry.stride1);
    for (int stage = 0; stage < kUNetStages; ++stage) {
        x = unet_.down(context, levels, stage, x, skips);
    }
    const auto fromZ0 = pointTransforms_[0].forward(context, z0, geometry.perPoint);
    const auto z1 = voxelsToPoints(context, "z1 = voxels to points", x, geometry.stride16, fromZ0);

    x = dropOut(context, pointsToVoxels(context, "z1 to voxels", z1, geometry.stride16), kDropout);
    x = unet_.up(context, levels, 0, x, skips);
    x = unet_.up(context, levels, 1, x, skips);
    const auto fromZ1 = pointTransforms_[1].forward(context, z1, geometry.perPoint);
    const auto z2 = voxelsToPoints(context, "z2 = voxels to points", x, geometry.stride4, fromZ1);

    x = dropOut(context, pointsToVoxels(context, "z2 to voxels", z2, geometry.stride4), kDropout);
    x = unet_.up(context, levels, 2, x, skips);
    x = unet_.up(context, levels, 3, x, skips);
    const auto fromZ2 = pointTransforms_[2].forward(context, z2, geometry.perPoint);
    const auto z3 = voxelsToPoints(context, "z3 = voxels to points", x, geometry.stride1, fromZ2);
    return unet_.classify(context, z3, geometry.perPoint);
}

} // namespace siskin
