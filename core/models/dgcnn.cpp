// SPDX-License-Identifier: MIT
#include "core/models/dgcnn.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace siskin {

namespace {

using torch::Tensor;

constexpr std::int64_t kNeighbours = 20;

/// LeakyReLU(0.2), in place unless its input is needed for gradients. It grows with its input, so a
/// maximum may be taken before it.
Tensor activate(Tensor x) {
    constexpr double kSlope = 0.2;
    return x.requires_grad() ? torch::leaky_relu(x, kSlope) : torch::leaky_relu_(x, kSlope);
}

/// Batch-norm `conv<n>.1`. The public file's second copy `bn<n>` must be the same.
BatchNorm takeNorm(Parameters& parameters, int n, std::int64_t channels) {
    auto norm = parameters.takeBatchNorm(fmt::format("conv{}.1", n), channels);
    const auto copyName = fmt::format("bn{}", n);
    if (!parameters.has(copyName + ".weight")) {
        return norm;
    }
    const auto copy = parameters.takeBatchNorm(copyName, channels);
    if (!copy.weight.equal(norm.weight) || !copy.bias.equal(norm.bias) ||
        !copy.mean.equal(norm.mean) || !copy.variance.equal(norm.variance)) {
        throw CheckpointError(
            fmt::format("{}: '{}' and 'conv{}.1' differ", parameters.origin(), copyName, n),
            "they are the same batch-norm of DGCNN, stored twice"
        );
    }
    return norm;
}

/// What a layer's input is made of.
struct TwoParts {
    std::int64_t first;  ///< channels
    std::int64_t second; ///< channels
    bool edge = false;   ///< the first is a difference to the second
};

/// Layer `conv<n>` over [a, b], or over [a - b, b] of an edge, up to its activation. As it is
/// linear, W1 (a - b) + W2 b = W1 a + (W2 - W1) b, the parts are computed where they are known (per
/// point, per cloud) instead of once per edge or point. Training needs the whole, for the batch's
/// statistics.
class SplitLayer {
  public:
    SplitLayer(
        Parameters& parameters,
        const SparseOps& rows,
        int n,
        const TwoParts& in,
        std::int64_t out,
        StoredAs stored
    ) {
        const auto name = fmt::format("conv{}.0", n);
        std::vector<std::int64_t> shape = {out, in.first + in.second};
        shape.insert(shape.end(), static_cast<std::size_t>(stored), 1);
        const auto weight =
            parameters.take(name + ".weight", shape, shape[1]).reshape({out, -1}).t();
        const auto norm = takeNorm(parameters, n, out);
        if (parameters.areTrained()) {
            const auto conv =
                rows.prepareNormalized(weight.unsqueeze(0), {}, norm, Activation::None);
            whole_ = PointLayer{{name, SpanKind::Linear, conv}};
            return;
        }
        const auto folded = fold(norm, {});
        const auto scaledWeight = weight.to(torch::kFloat64) * folded.scale;
        const auto first = scaledWeight.narrow(0, 0, in.first);
        auto second = scaledWeight.narrow(0, in.first, in.second);
        if (in.edge) {
            second = second - first;
        }
        const auto prepare = [&rows](const Tensor& matrix, const Tensor& shift) {
            const auto single = matrix.to(torch::kFloat32).contiguous().unsqueeze(0);
            return rows.prepare(single, shift, Activation::None);
        };
        const auto shift = folded.shift.to(torch::kFloat32);
        first_ = {{name + " first part", SpanKind::Linear, prepare(first, {})}};
        second_ = {{name + " second part", SpanKind::Linear, prepare(second, shift)}};
    }

    /// Both parts at once; null unless trained.
    const PointLayer* whole() const noexcept { return whole_ ? &*whole_ : nullptr; }

    Tensor first(const PointContext& context, const Tensor& features) const {
        return first_.forward(context, features);
    }

    Tensor second(const PointContext& context, const Tensor& features) const {
        return second_.forward(context, features);
    }

    int layerCount() const noexcept { return whole_ ? 1 : 2; }

  private:
    std::optional<PointLayer> whole_;
    PointLayer first_;
    PointLayer second_;
};

/// Layer `conv<n>` without a bias, up to its activation.
PointLayer loadLayer(
    Parameters& parameters,
    const SparseOps& rows,
    int n,
    std::int64_t in,
    std::int64_t out,
    StoredAs stored
) {
    std::vector<std::int64_t> shape = {out, in};
    shape.insert(shape.end(), static_cast<std::size_t>(stored), 1);
    const auto name = fmt::format("conv{}.0", n);
    const auto weight = parameters.take(name + ".weight", shape, in).reshape({out, in});
    const auto norm = takeNorm(parameters, n, out);
    return {
        {name,
         SpanKind::Linear,
         rows.prepareNormalized(weight.t().unsqueeze(0), {}, norm, Activation::None)}};
}

/// For every point the maximum, over its neighbours, of one or two layers on [neighbour - point,
/// point].
class EdgeConv {
  public:
    EdgeConv(
        Parameters& parameters,
        const SparseOps& rows,
        int n,
        std::int64_t in,
        std::int64_t out,
        bool twice
    )
        : edges_(parameters, rows, n, {in, in, true}, out, StoredAs::Conv2d) {
        if (twice) {
            more_ = loadLayer(parameters, rows, n + 1, out, out, StoredAs::Conv2d);
        }
    }

    /// `space` (B, D, N): where neighbours are near.
    Tensor forward(const PointContext& context, const Tensor& space, const Tensor& features) const {
        const auto count = std::min(kNeighbours, features.size(2));
        const auto index = nearestNeighbours(context, space, space, count);
        if (!edges_.whole() && !more_) {
            const auto largest =
                neighbourMaximum(gather(context, edges_.first(context, features), index));
            return activate(largest + edges_.second(context, features));
        }
        auto edges = edges_.whole() ? wholeEdges(context, features, index)
                                    : sumOfParts(context, features, index);
        if (more_) {
            edges = more_->forward(context, activate(edges));
        }
        return activate(neighbourMaximum(edges));
    }

    int layerCount() const noexcept { return edges_.layerCount() + (more_ ? 1 : 0); }

  private:
    Tensor
    wholeEdges(const PointContext& context, const Tensor& features, const Tensor& index) const {
        const auto near = gather(context, features, index);
        const auto centre = features.unsqueeze(3).expand_as(near);
        return edges_.whole()->forward(context, torch::cat({near - centre, centre}, 1));
    }

    Tensor
    sumOfParts(const PointContext& context, const Tensor& features, const Tensor& index) const {
        auto edges = gather(context, edges_.first(context, features), index);
        return edges.add_(edges_.second(context, features).unsqueeze(3));
    }

    SplitLayer edges_;
    std::optional<PointLayer> more_;
};

class Dgcnn final : public PointNetwork {
  public:
    Dgcnn(double width, Parameters& parameters, const SparseOps& rows)
        : Dgcnn(scaledAll(width, {64, 1024, 512, 256}), parameters, rows) {}

    Tensor forward(const PointContext& context, const Tensor& input) const override {
        constexpr double kDropout = 0.5;
        const auto first = edges_[0].forward(context, input.narrow(1, 6, 3), input);
        const auto second = edges_[1].forward(context, first, first);
        const auto third = edges_[2].forward(context, second, second);
        const auto seen = joinChannels({first, second, third});
        const auto whole = activate(cloudMaximum(deep_.forward(context, seen)));
        auto x = activate(withWhole(context, whole, seen));
        x = activate(hidden_.forward(context, x));
        return scores_.forward(context, dropOut(context, x, kDropout));
    }

    std::int64_t inputChannels() const override { return kRoomInputChannels; }

    std::int64_t classes() const override { return kRoomClasses; }

    int layerCount() const override {
        int count = joined_.layerCount() + 3;
        for (const auto& edge : edges_) {
            count += edge.layerCount();
        }
        return count;
    }

  private:
    /// Widths of the edge convolutions, of conv6, conv7 and conv8.
    Dgcnn(const std::vector<std::int64_t>& wide, Parameters& parameters, const SparseOps& rows)
        : edges_{EdgeConv(parameters, rows, 1, kRoomInputChannels, wide[0], true), EdgeConv(parameters, rows, 3, wide[0], wide[0], true), EdgeConv(parameters, rows, 5, wide[0], wide[0], false)},
          deep_(loadLayer(parameters, rows, 6, 3 * wide[0], wide[1], StoredAs::Conv1d)),
          joined_(parameters, rows, 7, {wide[1], 3 * wide[0]}, wide[2], StoredAs::Conv1d),
          hidden_(loadLayer(parameters, rows, 8, wide[2], wide[3], StoredAs::Conv1d)),
          scores_(loadPointLayer(
              parameters,
              rows,
              {"conv9", {}},
              wide[3],
              kRoomClasses,
              Activation::None,
              StoredAs::Conv1d,
              false
          )) {
        parameters.requireAllTaken();
    }

    /// conv7 over [the cloud, the point].
    Tensor withWhole(const PointContext& context, const Tensor& whole, const Tensor& seen) const {
        if (joined_.whole()) {
            const auto repeated = repeatOverPoints(whole, seen.size(2));
            return joined_.whole()->forward(context, joinChannels({repeated, seen}));
        }
        return joined_.second(context, seen).add_(joined_.first(context, whole).unsqueeze(2));
    }

    std::array<EdgeConv, 3> edges_;
    PointLayer deep_;
    SplitLayer joined_;
    PointLayer hidden_;
    PointLayer scores_;
};

} // namespace

std::unique_ptr<PointNetwork>
makeDgcnn(double width, Parameters& parameters, const SparseOps& rows) {
    return std::make_unique<Dgcnn>(width, parameters, rows);
}

} // namespace siskin
