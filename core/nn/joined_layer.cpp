// SPDX-License-Identifier: MIT
#include "core/nn/joined_layer.hpp"

#include <fmt/format.h>

namespace siskin {

using torch::Tensor;

JoinedLayer::JoinedLayer(
    Parameters& parameters,
    const SparseOps& ops,
    const LayerNames& names,
    std::vector<JoinedPart> parts,
    std::int64_t out
)
    : parts_(std::move(parts)) {
    std::int64_t in = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        in += parts_[i].channels;
        last_ = parts_[i].perCloud ? last_ : i;
    }
    if (parameters.areTrained()) {
        whole_ =
            loadPointLayer(parameters, ops, names, in, out, Activation::Relu, StoredAs::Conv1d);
        return;
    }
    const auto weight = parameters.take(names.conv + ".weight", {out, in, 1}, in).squeeze(2).t();
    const auto bias = parameters.take(names.conv + ".bias", {out});
    const auto folded = fold(parameters.takeBatchNorm(names.norm, out), bias);
    const auto scaled = (weight.to(torch::kFloat64) * folded.scale).to(torch::kFloat32);
    const auto shift = folded.shift.to(torch::kFloat32);
    std::int64_t first = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        const auto rows = scaled.narrow(0, first, parts_[i].channels).contiguous().unsqueeze(0);
        const bool isLast = i == last_;
        auto conv = ops.prepare(
            rows, isLast ? shift : Tensor(), isLast ? Activation::Relu : Activation::None
        );
        const auto name = fmt::format("{} [{}]", names.conv, i);
        layers_.push_back({{name, SpanKind::Linear, std::move(conv)}});
        first += parts_[i].channels;
    }
}

Tensor JoinedLayer::forward(const PointContext& context, const std::vector<Tensor>& parts) const {
    if (whole_) {
        return forwardWhole(context, parts);
    }
    auto quiet = context;
    quiet.layerDone = {};
    const auto& lastPart = parts[last_];
    Tensor sum;
    const auto add = [&](std::size_t i, const PointContext& counting) {
        sum = layers_[i].forward(counting, parts[i], sum);
    };
    // Once per cloud first: a few rows, then repeated by whoever adds them to a point.
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts_[i].perCloud) {
            add(i, quiet);
        }
    }
    if (sum.defined()) {
        sum = repeatOverPoints(sum, lastPart.size(2));
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!parts_[i].perCloud && i != last_) {
            add(i, quiet);
        }
    }
    add(last_, context);
    return sum;
}

Tensor
JoinedLayer::forwardWhole(const PointContext& context, const std::vector<Tensor>& parts) const {
    std::vector<Tensor> joined;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        joined.push_back(
            parts_[i].perCloud ? repeatOverPoints(parts[i], parts[last_].size(2)) : parts[i]
        );
    }
    return whole_->forward(context, joinChannels(joined));
}

} // namespace siskin
