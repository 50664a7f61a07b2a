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

/// Counters of a convolution: all but the bytes of its output.
void describe(
    Span& span,
    const PreparedConv& conv,
    std::int64_t rowsIn,
    std::int64_t rowsOut,
    std::int64_t pairs
) {
    span.rowsIn = rowsIn;
    span.rowsOut = rowsOut;
    span.channelsIn = static_cast<int>(conv.channelsIn());
    span.channelsOut = static_cast<int>(conv.channelsOut());
    span.pairs = pairs;
    span.macs = pairs * conv.channelsIn() * conv.channelsOut();
    span.bytes =
        kPairBytes * pairs + kFloatBytes * (rowsIn * conv.channelsIn() +
                                            conv.volume() * conv.channelsIn() * conv.channelsOut());
}

} // namespace

torch::Tensor dropOut(const ForwardContext& context, const torch::Tensor& features, double share) {
    return context.dropout ? context.dropout(features, share) : features;
}

torch::Tensor ConvLayer::forward(
    const ForwardContext& context,
    const torch::Tensor& features,
    const KernelMapPtr& map,
    const Shortcut& shortcut,
    const torch::Tensor& out
) const {
    throwIfStopRequested(context.stop);
    torch::Tensor result;
    {
        TraceRecorder::Scope span(context.trace, name, kind);
        result = context.calibrating ? context.ops.calibrate(features, *map, *conv, shortcut, out)
                                     : context.ops.convolve(features, *map, *conv, shortcut, out);
        describe(span.span(), *conv, map->rowsIn(), map->rowsOut(), map->pairCount());
        span->bytes += kFloatBytes * map->rowsOut() * conv->channelsOut();
        if (shortcut.defined() && !shortcut.projection) {
            span->bytes += kFloatBytes * shortcut.features.numel();
        }
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
    const auto kernel = parameters.take(names.conv + ".kernel", shape, in * volume);
    const auto norm = parameters.takeBatchNorm(names.norm, out);
    return {
        names.conv,
        SpanKind::Convolution,
        ops.prepareNormalized(kernel.reshape({volume, in, out}), {}, norm, activation)};
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
    const auto stored = parameters.take(names.conv + ".weight", {out, storedIn}, storedIn);
    const auto weight = stored.narrow(1, 0, in).t().unsqueeze(0);
    const auto bias = parameters.take(names.conv + ".bias", {out});
    if (names.norm.empty()) {
        return {names.conv, SpanKind::Linear, ops.prepare(weight, bias, activation)};
    }
    const auto norm = parameters.takeBatchNorm(names.norm, out);
    return {names.conv, SpanKind::Linear, ops.prepareNormalized(weight, bias, norm, activation)};
}

torch::Tensor ResidualBlock::forward(
    const ForwardContext& context,
    const torch::Tensor& features,
    const KernelMapPtr& neighbours,
    const torch::Tensor& out
) const {
    const auto middle = first.forward(context, features, neighbours);
    const Shortcut shortcut(features, projection ? projection->conv.get() : nullptr);
    const auto result = second.forward(context, middle, neighbours, shortcut, out);
    if (projection) {
        Span part{.name = projection->name, .kind = projection->kind};
        const std::int64_t rows = features.size(0);
        describe(part, *projection->conv, rows, rows, rows);
        context.trace.splitLast(std::move(part));
    }
    return result;
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
