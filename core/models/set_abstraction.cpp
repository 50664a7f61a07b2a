// SPDX-License-Identifier: MIT
#include "core/models/set_abstraction.hpp"

#include <fmt/format.h>

namespace siskin {

using torch::Tensor;

SetAbstraction::SetAbstraction(
    Parameters& parameters,
    const SparseOps& rows,
    const std::string& prefix,
    std::int64_t in,
    std::int64_t centres,
    const std::vector<GroupingScale>& scales
)
    : centres_(centres) {
    for (const auto& scale : scales) {
        const auto name = fmt::format("{}.mlps.{}", prefix, scales_.size());
        SharedMlp mlp(parameters, rows, name, 3 + in, scale.widths, StoredAs::Conv2d);
        channelsOut_ += mlp.channelsOut();
        layerCount_ += mlp.layerCount();
        scales_.push_back({scale.radius, scale.neighbours, std::move(mlp)});
    }
}

Cloud SetAbstraction::forward(const PointContext& context, const Cloud& cloud) const {
    const auto chosen = furthestPoints(context, cloud.coords, centres_);
    const auto centres = gather(context, cloud.coords, chosen);
    std::vector<Tensor> parts;
    for (const auto& scale : scales_) {
        const auto near =
            ballNeighbours(context, cloud.coords, centres, scale.radius, scale.neighbours);
        const auto grouped = groupAround(context, cloud, centres, near);
        parts.push_back(neighbourMaximum(scale.mlp.forward(context, grouped)));
    }
    return {centres, parts.size() == 1 ? parts.front() : joinChannels(parts)};
}

GroupAll::GroupAll(
    Parameters& parameters,
    const SparseOps& rows,
    const std::string& prefix,
    std::int64_t in,
    const std::vector<std::int64_t>& widths
)
    : mlp_(parameters, rows, prefix + ".mlps.0", in + 3, widths) {}

Cloud GroupAll::forward(const PointContext& context, const Cloud& cloud) const {
    const auto joined = joinChannels({cloud.features, cloud.coords});
    const auto whole = cloudMaximum(mlp_.forward(context, joined));
    return {torch::zeros({cloud.coords.size(0), 3, 1}), whole.unsqueeze(2)};
}

FeaturePropagation::FeaturePropagation(
    Parameters& parameters,
    const SparseOps& rows,
    const std::string& prefix,
    std::int64_t in,
    const std::vector<std::int64_t>& widths
)
    : mlp_(parameters, rows, prefix + ".mlp", in, widths) {}

Cloud FeaturePropagation::forward(
    const PointContext& context, const Cloud& coarse, const Cloud& fine
) const {
    const auto raised = interpolate(context, coarse, fine.coords);
    return fine.with(mlp_.forward(context, joinChannels({raised, fine.features})));
}

} // namespace siskin
