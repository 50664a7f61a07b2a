// SPDX-License-Identifier: MIT
#include "core/models/point_heads.hpp"

#include "core/models/point_network.hpp"

#include <fmt/format.h>

namespace siskin {

using torch::Tensor;

namespace {

/// `classifier.0`: over everything seen, and `cloud` channels of the whole cloud.
JoinedLayer loadFirst(
    Parameters& parameters,
    const SparseOps& rows,
    const std::vector<std::int64_t>& seen,
    std::int64_t cloud,
    std::int64_t out
) {
    std::vector<JoinedPart> parts;
    for (const auto channels : seen) {
        parts.push_back({channels, false});
    }
    parts.push_back({cloud, true});
    const LayerNames names{"classifier.0.layers.0", "classifier.0.layers.1"};
    return {parameters, rows, names, std::move(parts), out};
}

} // namespace

PointLayer loadScores(
    Parameters& parameters,
    const SparseOps& rows,
    const std::string& name,
    std::int64_t in,
    std::int64_t classes
) {
    return loadPointLayer(
        parameters, rows, {name, {}}, in, classes, Activation::None, StoredAs::Conv1d
    );
}

ShapeHead::ShapeHead(
    Parameters& parameters,
    const SparseOps& rows,
    double width,
    const std::vector<std::int64_t>& seen
) {
    const auto widths = scaledAll(width, {256, 256, 128});
    first_ = loadFirst(parameters, rows, seen, seen.back(), widths[0]);
    hidden_[0] = SharedMlp(parameters, rows, "classifier.2", widths[0], {widths[1]});
    hidden_[1] = SharedMlp(parameters, rows, "classifier.4", widths[1], {widths[2]});
    scores_ = loadScores(parameters, rows, "classifier.5", widths[2], kShapeClasses);
}

Tensor ShapeHead::forward(const PointContext& context, std::vector<Tensor> seen) const {
    constexpr double kDropout = 0.2;
    seen.push_back(cloudMaximum(seen.back()));
    auto x = first_.forward(context, seen);
    x = hidden_[0].forward(context, dropOut(context, x, kDropout));
    x = hidden_[1].forward(context, dropOut(context, x, kDropout));
    return scores_.forward(context, x);
}

RoomHead::RoomHead(
    Parameters& parameters,
    const SparseOps& rows,
    double width,
    const std::vector<std::int64_t>& seen
) {
    const auto widths = scaledAll(width, {256, 128});
    std::int64_t in = seen.back();
    for (std::size_t i = 0; i < cloud_.size(); ++i) {
        const LayerNames names{
            fmt::format("cloud_features.{}.0", i), fmt::format("cloud_features.{}.1", i)};
        cloud_[i] = loadPointLayer(
            parameters, rows, names, in, widths[i], Activation::Relu, StoredAs::Linear
        );
        in = widths[i];
    }
    const auto hidden = scaledAll(width, {512, 256});
    first_ = loadFirst(parameters, rows, seen, in, hidden[0]);
    hidden_ = SharedMlp(parameters, rows, "classifier.2", hidden[0], {hidden[1]});
    scores_ = loadScores(parameters, rows, "classifier.4", hidden[1], kRoomClasses);
}

Tensor RoomHead::forward(const PointContext& context, std::vector<Tensor> seen) const {
    constexpr double kDropout = 0.3;
    auto whole = cloudMaximum(seen.back());
    for (const auto& layer : cloud_) {
        whole = layer.forward(context, whole);
    }
    seen.push_back(whole);
    auto x = first_.forward(context, seen);
    x = hidden_.forward(context, dropOut(context, x, kDropout));
    return scores_.forward(context, dropOut(context, x, kDropout));
}

PropagationHead::PropagationHead(
    Parameters& parameters,
    const SparseOps& rows,
    double width,
    std::int64_t in,
    std::int64_t classes
)
    : hidden_(parameters, rows, "classifier.0", in, {scaled(width, 128)}),
      scores_(loadScores(parameters, rows, "classifier.2", hidden_.channelsOut(), classes)) {}

Tensor PropagationHead::forward(const PointContext& context, const Tensor& features) const {
    constexpr double kDropout = 0.5;
    const auto hidden = hidden_.forward(context, features);
    return scores_.forward(context, dropOut(context, hidden, kDropout));
}

} // namespace siskin
