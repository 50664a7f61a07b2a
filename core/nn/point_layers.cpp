// SPDX-License-Identifier: MIT
#include "core/nn/point_layers.hpp"

#include "core/base/cancel.hpp"
#include "core/base/parallel.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace siskin {

namespace {

using torch::Tensor;

/// (B, C, ...) -> [points, C]; no copy when the channels of a point lie side by side.
Tensor rowsOf(const Tensor& features) {
    const auto rows = features.movedim(1, -1).reshape({-1, features.size(1)});
    return rows.stride(1) == 1 ? rows
                               : rows.contiguous(); // one cloud reshapes to a transposed view
}

/// Rows in the order of `like`'s points, (B, C', ...).
Tensor asCloud(const Tensor& rows, const Tensor& like) {
    auto shape = like.movedim(1, -1).sizes().vec();
    shape.back() = rows.size(1);
    return rows.reshape(shape).movedim(-1, 1);
}

std::int64_t pointsOf(const Tensor& features) {
    return features.numel() / features.size(1);
}

/// target[c] = max over `count` rows.
void rowMaximum(const float* rows, std::int64_t count, std::int64_t channels, float* target) {
    std::copy_n(rows, channels, target);
    for (std::int64_t i = 1; i < count; ++i) {
        const float* row = rows + i * channels;
        for (std::int64_t c = 0; c < channels; ++c) {
            target[c] = target[c] < row[c] ? row[c] : target[c];
        }
    }
}

/// Contiguous [groups, K, C] -> [groups, C].
Tensor groupMaximum(const Tensor& rows) {
    constexpr std::int64_t kChunk = 64; // rows that one thread takes at a time
    const std::int64_t groups = rows.size(0);
    const std::int64_t count = rows.size(1);
    const std::int64_t channels = rows.size(2);
    const std::int64_t chunks = (count + kChunk - 1) / kChunk;
    const auto result = torch::empty({groups * chunks, channels});
    const float* from = rows.data_ptr<float>();
    auto* to = result.data_ptr<float>();
    const std::int64_t grain = std::max<std::int64_t>(1, kChunk / count);
    parallelFor(groups * chunks, grain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t first = i % chunks * kChunk;
            const float* row = from + (i / chunks * count + first) * channels;
            rowMaximum(row, std::min(kChunk, count - first), channels, to + i * channels);
        }
    });
    return chunks == 1 ? result : groupMaximum(result.reshape({groups, chunks, channels}));
}

} // namespace

Tensor joinChannels(const std::vector<Tensor>& parts) {
    std::vector<Tensor> rows;
    for (const auto& part : parts) {
        rows.push_back(part.transpose(1, 2));
    }
    return torch::cat(rows, 2).transpose(1, 2);
}

Tensor cloudMaximum(const Tensor& features) {
    return features.requires_grad() ? features.amax(2)
                                    : groupMaximum(features.transpose(1, 2).contiguous());
}

Tensor neighbourMaximum(const Tensor& features) {
    if (features.requires_grad()) {
        return features.amax(3);
    }
    const auto rows = features.movedim(1, -1).contiguous();
    const auto largest = groupMaximum(rows.flatten(0, 1));
    return largest.reshape({rows.size(0), rows.size(1), rows.size(3)}).transpose(1, 2);
}

Tensor repeatOverPoints(const Tensor& rows, std::int64_t points) {
    return rows.unsqueeze(1).expand({-1, points, -1}).transpose(1, 2);
}

Tensor PointLayer::forward(
    const PointContext& context, const Tensor& features, const Tensor& addend
) const {
    const auto rows = rowsOf(features);
    const auto map = context.ops.identityMap(rows.size(0));
    const Shortcut shortcut = addend.defined() ? Shortcut(rowsOf(addend)) : Shortcut();
    return asCloud(layer.forward(context, rows, map, shortcut), features);
}

PointLayer loadPointLayer(
    Parameters& parameters,
    const SparseOps& ops,
    const LayerNames& names,
    std::int64_t in,
    std::int64_t out,
    Activation activation,
    StoredAs stored,
    bool withBias
) {
    std::vector<std::int64_t> shape = {out, in};
    shape.insert(shape.end(), static_cast<std::size_t>(stored), 1);
    const auto weight =
        parameters.take(names.conv + ".weight", shape, in).reshape({out, in}).t().unsqueeze(0);
    const auto bias = withBias ? parameters.take(names.conv + ".bias", {out}) : Tensor();
    auto conv = names.norm.empty()
                    ? ops.prepare(weight, bias, activation)
                    : ops.prepareNormalized(
                          weight, bias, parameters.takeBatchNorm(names.norm, out), activation
                      );
    return {{names.conv, SpanKind::Linear, std::move(conv)}};
}

SharedMlp::SharedMlp(
    Parameters& parameters,
    const SparseOps& ops,
    const std::string& prefix,
    std::int64_t in,
    const std::vector<std::int64_t>& widths,
    StoredAs stored
) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
        const LayerNames names{
            fmt::format("{}.layers.{}", prefix, 3 * i),
            fmt::format("{}.layers.{}", prefix, 3 * i + 1)};
        layers_.push_back(
            loadPointLayer(parameters, ops, names, in, widths[i], Activation::Relu, stored)
        );
        in = widths[i];
    }
}

Tensor SharedMlp::forward(const PointContext& context, Tensor features) const {
    for (const auto& layer : layers_) {
        features = layer.forward(context, features);
    }
    return features;
}

PvConv::PvConv(
    Parameters& parameters,
    const SparseOps& rows,
    const PointOps& points,
    const std::string& prefix,
    const PvConvPlan& plan
)
    : name_(prefix), plan_(plan) {
    constexpr double kGridNormEpsilon = 1e-4; // models.md 5.1; 1e-5 everywhere else
    constexpr float kSlope = 0.1F;
    std::int64_t in = plan.in;
    for (const int layer : {0, 3}) {
        const auto conv = fmt::format("{}.voxel_layers.{}", prefix, layer);
        const auto weight = parameters.take(conv + ".weight", {plan.out, in, 3, 3, 3}, in * 27);
        const auto bias = parameters.take(conv + ".bias", {plan.out});
        auto norm = parameters.takeBatchNorm(
            fmt::format("{}.voxel_layers.{}", prefix, layer + 1), plan.out
        );
        norm.epsilon = kGridNormEpsilon;
        convs_.push_back(points.prepareNormalizedConv(weight, bias, norm, kSlope));
        in = plan.out;
    }
    if (plan.squeeze) {
        const std::int64_t hidden = plan.out / 8;
        const auto fc = [&](int index, std::int64_t from, std::int64_t to, Activation activation) {
            const LayerNames names{fmt::format("{}.voxel_layers.6.fc.{}", prefix, index), {}};
            return loadPointLayer(
                parameters, rows, names, from, to, activation, StoredAs::Linear, false
            );
        };
        squeeze_.push_back(fc(0, plan.out, hidden, Activation::Relu));
        squeeze_.push_back(fc(2, hidden, plan.out, Activation::None));
    }
    pointBranch_ = SharedMlp(parameters, rows, prefix + ".point_features", plan.in, {plan.out});
}

Tensor PvConv::convolve(const PointContext& context, std::size_t which, const Tensor& grid) const {
    const auto name = fmt::format("{}.voxel_layers.{}", name_, 3 * which);
    return convolveGrid(context, name, grid, *convs_[which]);
}

Tensor PvConv::channelScale(const PointContext& context, const Tensor& grid) const {
    if (squeeze_.empty()) {
        return {};
    }
    Tensor means;
    {
        TraceRecorder::Scope span(context.trace, name_ + " channel means", SpanKind::PointVoxel);
        means = context.points.channelMeans(grid);
        span->rowsIn = pointsOf(grid);
        span->bytes = 4 * grid.numel();
    }
    const auto hidden = squeeze_[0].forward(context, means);
    return torch::sigmoid(squeeze_[1].forward(context, hidden));
}

Cloud PvConv::forward(const PointContext& context, const Cloud& cloud) const {
    const auto& placement = placeInGrid(context, cloud, plan_.resolution, plan_.scale);
    Tensor grid;
    {
        TraceRecorder::Scope span(context.trace, name_ + " to voxels", SpanKind::PointVoxel);
        grid = context.points.voxelize(cloud.features, placement);
        span->rowsIn = pointsOf(cloud.features);
        span->rowsOut = pointsOf(grid);
        span->channelsIn = span->channelsOut = static_cast<int>(plan_.in);
        span->macs = cloud.features.numel();
        span->bytes = 4 * (cloud.features.numel() + grid.numel());
    }
    grid = convolve(context, 0, grid);
    grid = convolve(context, 1, grid);
    const auto scale = channelScale(context, grid);
    const auto fromPoints = pointBranch_.forward(context, cloud.features);
    TraceRecorder::Scope span(context.trace, name_ + " to points", SpanKind::PointVoxel);
    const auto features = context.points.devoxelize(grid, placement, scale, fromPoints);
    span->rowsIn = pointsOf(grid);
    span->rowsOut = pointsOf(features);
    span->channelsIn = span->channelsOut = static_cast<int>(plan_.out);
    span->macs = 8 * features.numel();
    span->bytes = 4 * (grid.numel() + 2 * features.numel());
    return cloud.with(features);
}

Tensor convolveGrid(
    const PointContext& context,
    const std::string& name,
    const Tensor& grid,
    const PreparedDenseConv& conv
) {
    throwIfStopRequested(context.stop);
    Tensor result;
    {
        TraceRecorder::Scope span(context.trace, name, SpanKind::DenseConvolution);
        result = context.points.convolve(grid, conv);
        const std::int64_t voxels = pointsOf(grid);
        span->rowsIn = span->rowsOut = voxels;
        span->channelsIn = static_cast<int>(conv.channelsIn());
        span->channelsOut = static_cast<int>(conv.channelsOut());
        span->macs = 27 * voxels * conv.channelsIn() * conv.channelsOut();
        span->bytes =
            4 * (grid.numel() + result.numel() + 27 * conv.channelsIn() * conv.channelsOut());
    }
    if (context.layerDone) {
        context.layerDone();
    }
    return result;
}

const GridPlacement&
placeInGrid(const PointContext& context, const Cloud& cloud, int resolution, CloudScale scale) {
    throwIfStopRequested(context.stop);
    const auto known = cloud.placements->find(resolution);
    if (known != cloud.placements->end()) {
        return known->second;
    }
    TraceRecorder::Scope span(
        context.trace, fmt::format("points in {}^3 voxels", resolution), SpanKind::KernelMap
    );
    span->rowsIn = pointsOf(cloud.coords);
    return cloud.placements
        ->emplace(resolution, context.points.placeInGrid(cloud.coords, resolution, scale))
        .first->second;
}

Tensor furthestPoints(const PointContext& context, const Tensor& coords, std::int64_t count) {
    throwIfStopRequested(context.stop);
    TraceRecorder::Scope span(context.trace, "furthest points", SpanKind::Neighbours);
    span->rowsIn = pointsOf(coords);
    span->rowsOut = coords.size(0) * count;
    return context.points.furthestPoints(coords, count);
}

Tensor ballNeighbours(
    const PointContext& context,
    const Tensor& coords,
    const Tensor& centres,
    float radius,
    std::int64_t count
) {
    throwIfStopRequested(context.stop);
    TraceRecorder::Scope span(
        context.trace, fmt::format("neighbours within {}", radius), SpanKind::Neighbours
    );
    span->rowsIn = pointsOf(coords);
    span->rowsOut = pointsOf(centres);
    span->pairs = pointsOf(centres) * count;
    return context.points.ballNeighbours(coords, centres, radius, count);
}

Tensor nearestNeighbours(
    const PointContext& context, const Tensor& points, const Tensor& queries, std::int64_t count
) {
    throwIfStopRequested(context.stop);
    TraceRecorder::Scope span(
        context.trace, fmt::format("{} nearest neighbours", count), SpanKind::Neighbours
    );
    span->rowsIn = pointsOf(points);
    span->rowsOut = pointsOf(queries);
    span->pairs = pointsOf(queries) * count;
    span->channelsIn = static_cast<int>(points.size(1));
    span->macs = points.size(2) * queries.numel();
    return context.points.nearestNeighbours(points, queries, count);
}

Tensor gather(const PointContext& context, const Tensor& features, const Tensor& index) {
    TraceRecorder::Scope span(context.trace, "gather", SpanKind::Neighbours);
    const auto result = context.points.gather(features, index);
    span->rowsIn = pointsOf(features);
    span->rowsOut = index.numel();
    span->bytes = 4 * (features.numel() + result.numel() + index.numel());
    return result;
}

Tensor groupAround(
    const PointContext& context, const Cloud& cloud, const Tensor& centres, const Tensor& index
) {
    TraceRecorder::Scope span(context.trace, "group", SpanKind::Neighbours);
    const auto result = context.points.groupAround(cloud.coords, centres, cloud.features, index);
    span->rowsIn = pointsOf(cloud.coords);
    span->rowsOut = index.numel();
    span->bytes = 4 * (result.numel() + index.numel());
    return result;
}

Tensor interpolate(const PointContext& context, const Cloud& coarse, const Tensor& fineCoords) {
    throwIfStopRequested(context.stop);
    TraceRecorder::Scope span(context.trace, "interpolate", SpanKind::Neighbours);
    const auto three = context.points.threeNearest(coarse.coords, fineCoords);
    const auto result = context.points.interpolate(coarse.features, three);
    span->rowsIn = pointsOf(coarse.coords);
    span->rowsOut = pointsOf(fineCoords);
    span->macs = 3 * result.numel();
    span->bytes = 4 * (coarse.features.numel() + result.numel());
    return result;
}

} // namespace siskin
