// SPDX-License-Identifier: MIT
#include "core/nn/layers.hpp"

#include "core/base/cancel.hpp"

#include <fmt/format.h>

namespace siskin {

namespace {

constexpr std::int64_t kFloatBytes = 4;
constexpr std::int64_t kPairBytes = 8; ///< an input row and an output row

void finishLayer(const ForwardContext& context) {
    if (context.layerDone) {
        context.layerDone();
    }
}

/// A layer with `weight` float64 [volume, in, out] and `bias` float64 [out], stored as float32.
ConvLayer makeLayer(
    const SparseOps& ops,
    std::string name,
    SpanKind kind,
    const torch::Tensor& weight,
    const torch::Tensor& bias,
    Activation activation
) {
    return {
        std::move(name),
        kind,
        ops.prepare(
            weight.to(torch::kFloat32).contiguous(),
            bias.to(torch::kFloat32).contiguous(),
            activation
        ),
    };
}

} // namespace

torch::Tensor ConvLayer::forward(
    const ForwardContext& context,
    const torch::Tensor& features,
    const KernelMapPtr& map,
    const torch::Tensor& residual,
    const torch::Tensor& out
) const {
    throwIfStopRequested(context.stop);
    torch::Tensor result;
    {
        TraceRecorder::Scope span(context.trace, name, kind);
        result = context.ops.convolve(features, *map, *conv, residual, out);
        const std::int64_t in = conv->channelsIn();
        const std::int64_t outChannels = conv->channelsOut();
        const std::int64_t residualValues = residual.defined() ? residual.numel() : 0;
        span->rowsIn = map->rowsIn();
        span->rowsOut = map->rowsOut();
        span->channelsIn = static_cast<int>(in);
        span->channelsOut = static_cast<int>(outChannels);
        span->pairs = map->pairCount();
        span->macs = map->pairCount() * in * outChannels;
        span->bytes = kPairBytes * map->pairCount() +
                      kFloatBytes * (map->rowsIn() * in + map->rowsOut() * outChannels +
                                     residualValues + conv->volume() * in * outChannels);
    }
    finishLayer(context);
    return result;
}

ConvLayer loadConv(
    Parameters& parameters,
    const SparseOps& ops,
    const LayerNames& names,
    int volume,
    std::int64_t in,
    std::int64_t out,
    Activation activation
) {
    const std::vector<std::int64_t> shape = volume == 1
                                                ? std::vector<std::int64_t>{in, out}
                                                : std::vector<std::int64_t>{volume, in, out};
    const auto kernel =
        parameters.take(names.conv + ".kernel", shape, in * volume).to(torch::kFloat64);
    const auto norm = parameters.takeBatchNorm(names.norm, out);
    return makeLayer(
        ops,
        names.conv,
        SpanKind::Convolution,
        kernel.reshape({volume, in, out}) * norm.scale,
        norm.shift,
        activation
    );
}

ConvLayer loadLinear(
    Parameters& parameters,
    const SparseOps& ops,
    const LayerNames& names,
    std::int64_t in,
    std::int64_t out,
    Activation activation,
    std::int64_t storedIn
) {
    const auto stored =
        parameters.take(names.conv + ".weight", {out, storedIn}, storedIn).to(torch::kFloat64);
    torch::Tensor weight = stored.narrow(1, 0, in).t().unsqueeze(0);
    torch::Tensor bias = parameters.take(names.conv + ".bias", {out}).to(torch::kFloat64);
    if (!names.norm.empty()) {
        const auto norm = parameters.takeBatchNorm(names.norm, out);
        weight = weight * norm.scale;
        bias = bias * norm.scale + norm.shift;
    }
    return makeLayer(ops, names.conv, SpanKind::Linear, weight, bias, activation);
}

torch::Tensor ResidualBlock::forward(
    const ForwardContext& context,
    const torch::Tensor& features,
    const KernelMapPtr& neighbours,
    const KernelMapPtr& identity,
    const torch::Tensor& out
) const {
    const auto middle = first.forward(context, features, neighbours);
    const auto shortcut = projection ? projection->forward(context, features, identity) : features;
    return second.forward(context, middle, neighbours, shortcut, out);
}

torch::Tensor pointsToVoxels(
    const ForwardContext& context,
    const std::string& name,
    const torch::Tensor& features,
    const PointVoxelMap& map
) {
    throwIfStopRequested(context.stop);
    torch::Tensor result;
    {
        TraceRecorder::Scope span(context.trace, name, SpanKind::PointVoxel);
        result = context.ops.pointsToVoxels(features, map);
        span->rowsIn = features.size(0);
        span->rowsOut = map.voxels;
        span->channelsIn = span->channelsOut = static_cast<int>(features.size(1));
        span->macs = features.numel();
        span->bytes = kFloatBytes * (features.numel() + result.numel() + map.voxel.numel());
    }
    finishLayer(context);
    return result;
}

torch::Tensor voxelsToPoints(
    const ForwardContext& context,
    const std::string& name,
    const torch::Tensor& features,
    const PointVoxelMap& map,
    const torch::Tensor& addend
) {
    throwIfStopRequested(context.stop);
    torch::Tensor result;
    {
        TraceRecorder::Scope span(context.trace, name, SpanKind::PointVoxel);
        result = context.ops.voxelsToPoints(features, map, addend);
        span->rowsIn = map.voxels;
        span->rowsOut = result.size(0);
        span->channelsIn = span->channelsOut = static_cast<int>(features.size(1));
        span->macs = 8 * result.numel();
        span->bytes = kFloatBytes * (features.numel() + result.numel() + 2 * map.corners.numel());
    }
    finishLayer(context);
    return result;
}

PointVoxelMap mapPoints(
    const ForwardContext& context, const torch::Tensor& points, const VoxelSet& voxels, int stride
) {
    throwIfStopRequested(context.stop);
    TraceRecorder::Scope span(
        context.trace, fmt::format("points in voxels of stride {}", stride), SpanKind::KernelMap
    );
    auto map = context.ops.mapPoints(points, voxels, stride);
    span->rowsIn = points.size(0);
    span->rowsOut = voxels.size();
    return map;
}

} // namespace siskin
