// SPDX-License-Identifier: MIT
#include "core/models/point_voxel_unet.hpp"

#include "core/base/parallel.hpp"

#include <cmath>

namespace siskin {

namespace {

constexpr int kPointVoxelSteps = 7; ///< point <-> voxel operators in `forward`
constexpr std::int64_t kGrain = 8192;
constexpr double kDropout = 0.3; ///< models.md 3.4

/// Rounded down to int32 rows.
torch::Tensor floorOf(const torch::Tensor& points) {
    auto rows = torch::empty(points.sizes(), torch::kInt32);
    const auto* in = points.data_ptr<float>();
    auto* out = rows.data_ptr<std::int32_t>();
    parallelFor(points.size(0), kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = 4 * begin; i < 4 * end; ++i) {
            out[i] = static_cast<std::int32_t>(std::floor(in[i]));
        }
    });
    return rows;
}

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

// Plain loops, not LibTorch's: those bring OpenMP threads of their own, also where a frame is to
// stay on one thread.
torch::Tensor PointVoxelUNet::pointCoordinates(const VoxelSet& voxels) const {
    const auto coords = voxels.coords.contiguous();
    auto points = torch::empty(coords.sizes());
    const auto* in = coords.data_ptr<std::int32_t>();
    auto* out = points.data_ptr<float>();
    parallelFor(voxels.size(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = 4 * begin; i < 4 * end; ++i) {
            out[i] = static_cast<float>(in[i]);
            if (resolution_ && i % 4 != 0) {
                // Two separately rounded float32 operations, as the reference does: the product of
                // an integer and 0.05 divided by 0.05 can exceed the integer by one unit in the
                // last place, and the interpolation weights see that (models.md 2.1).
                out[i] = out[i] * resolution_->points / resolution_->voxels;
            }
        }
    });
    return points;
}

PointVoxelUNet::Geometry
PointVoxelUNet::buildGeometry(const ForwardContext& context, const NetworkInput& input) const {
    TraceRecorder::Scope span(context.trace, "maps", SpanKind::Stage);
    const auto points = pointCoordinates(input.voxels);
    const VoxelSet voxels = resolution_ ? context.ops.unique(floorOf(points)).voxels : input.voxels;
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
    const SkipConnections skips(unet_.plan(), levels);

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
