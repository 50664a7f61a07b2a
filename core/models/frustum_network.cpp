// SPDX-License-Identifier: MIT
#include "core/models/frustum_network.hpp"

#include "core/base/error.hpp"
#include "core/base/split_mix.hpp"
#include "core/models/frustum_parts.hpp"

#include <fmt/format.h>

#include <array>
#include <numbers>
#include <optional>
#include <utility>

namespace siskin {

namespace {

using torch::Tensor;

constexpr std::int64_t kBoxNumbers = 3 + 2 * kHeadingBins + 4 * kSizeTemplates;

/// l, w, h in metres (models.md 4.5): Car, Van, Truck, Pedestrian, Person_sitting, Cyclist, Tram,
/// Misc. Files hold their own.
Tensor knownTemplates() {
    return torch::tensor(
               {3.88311640418, 1.62856739989, 1.52563191462, 5.06763659, 1.9007158,  2.20532825,
                10.13586957,   2.58549199,    3.2520595,     0.84422524, 0.66068622, 1.76255119,
                0.80057803,    0.5983815,     1.27450867,    1.76282397, 0.59706367, 1.73698127,
                16.17150617,   2.53246914,    3.53079012,    3.64300781, 1.54298177, 1.92320313},
               torch::kFloat32
    )
        .reshape({1, kSizeTemplates, 3});
}

/// Where the object's centre is, from its points around their middle. Keys `center_reg_net...`.
class CentreNet {
  public:
    CentreNet(Parameters& parameters, const SparseOps& rows)
        : features_(parameters, rows, "center_reg_net.features", 3, {128, 128, 256}),
          regression_(parameters, rows, "center_reg_net.regression", 256, {256, 128, 3}) {}

    /// (B, 3, N) -> [B, 3]
    Tensor
    forward(const PointContext& context, const Tensor& coords, const Tensor& category) const {
        const auto whole = cloudMaximum(features_.forward(context, coords));
        return regression_.forward(context, whole, category);
    }

    int layerCount() const { return features_.layerCount() + Regression::kLayers; }

  private:
    MlpChain features_;
    Regression regression_;
};

/// The box around the centre. Keys `box_est_net...`.
class BoxNet {
  public:
    BoxNet(Parameters& parameters, const SparseOps& rows, bool propagated) {
        if (propagated) {
            const auto sa = [](int i) { return fmt::format("box_est_net.sa_layers.{}", i); };
            const std::vector<GroupingScale> near = {{0.2F, 64, {64, 64, 128}}};
            const std::vector<GroupingScale> far = {{0.4F, 64, {128, 128, 256}}};
            down_.emplace_back(parameters, rows, sa(0), 0, 128, near);
            down_.emplace_back(parameters, rows, sa(1), 128, 32, far);
            whole_.emplace(parameters, rows, sa(2), 256, std::vector<std::int64_t>{256, 256, 512});
        } else {
            const std::vector<std::int64_t> widths = {128, 128, 256, 512};
            features_ = MlpChain(parameters, rows, "box_est_net.features", 3, widths);
        }
        const std::array<std::int64_t, 3> widths = {512, 256, kBoxNumbers};
        regression_.emplace(parameters, rows, "box_est_net.classifier", 512, widths);
    }

    /// (B, 3, N) -> [B, kBoxNumbers]
    Tensor
    forward(const PointContext& context, const Tensor& coords, const Tensor& category) const {
        Cloud cloud{coords, {}};
        for (const auto& stage : down_) {
            cloud = stage.forward(context, cloud);
        }
        const auto whole = whole_ ? whole_->forward(context, cloud).features.squeeze(2)
                                  : cloudMaximum(features_.forward(context, coords));
        return regression_->forward(context, whole, category);
    }

    int layerCount() const {
        int count = features_.layerCount() + Regression::kLayers;
        for (const auto& stage : down_) {
            count += stage.layerCount();
        }
        return count + (whole_ ? whole_->layerCount() : 0);
    }

  private:
    MlpChain features_; ///< PointNet; else the other two
    std::vector<SetAbstraction> down_;
    std::optional<GroupAll> whole_;
    std::optional<Regression> regression_;
};

class ThreeSteps final : public FrustumNetwork {
  public:
    ThreeSteps(
        FrustumKind kind, Parameters& parameters, const SparseOps& rows, const PointOps& points
    )
        : templates_(parameters.takeConstant("size_templates", knownTemplates())),
          segmentation_(
              kind == FrustumKind::PvcnnE     ? makePvcnnSegmentation(parameters, rows, points)
              : kind == FrustumKind::PointNet ? makePointNetSegmentation(parameters, rows)
                                              : makePointNet2Segmentation(parameters, rows)
          ),
          centre_(parameters, rows), box_(parameters, rows, kind == FrustumKind::PointNet2) {
        parameters.requireAllTaken();
    }

    FrustumOutput forward(const PointContext& context, const FrustumInput& input) const override {
        FrustumOutput output;
        output.maskLogits = segmentation_->forward(context, input.features, input.category);
        const auto coords = input.features.narrow(1, 0, 3);
        auto object = drawForeground(coords, output.maskLogits, kForegroundPoints, input.seeds);
        const auto offset = centre_.forward(context, object.coords, input.category);
        object.coords = object.coords - offset.unsqueeze(2);
        const auto numbers =
            box_.forward(context, object.coords, input.category)
                .split_with_sizes(
                    {3, kHeadingBins, kHeadingBins, kSizeTemplates, 3 * kSizeTemplates}, 1
                );
        output.centre = object.middle + offset + numbers[0];
        output.headingScores = numbers[1];
        output.headingResiduals = numbers[2] * (std::numbers::pi / kHeadingBins);
        output.sizeScores = numbers[3];
        output.sizes = templates_ + templates_ * numbers[4].reshape({-1, kSizeTemplates, 3});
        return output;
    }

    int layerCount() const override {
        return segmentation_->layerCount() + centre_.layerCount() + box_.layerCount();
    }

  private:
    Tensor templates_; ///< [1, kSizeTemplates, 3]
    std::unique_ptr<FrustumSegmentation> segmentation_;
    CentreNet centre_;
    BoxNet box_;
};

/// `count` of `candidates`, see `drawForeground`; not empty.
std::vector<std::int64_t>
drawFrom(const std::vector<std::int64_t>& candidates, std::int64_t count, std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<std::int64_t> chosen;
    const auto wanted = static_cast<std::size_t>(count);
    while (wanted - chosen.size() >= candidates.size()) {
        chosen.insert(chosen.end(), candidates.begin(), candidates.end());
    }
    auto rest = candidates;
    const auto missing = static_cast<std::ptrdiff_t>(wanted - chosen.size());
    random.shuffle(rest, static_cast<std::size_t>(missing));
    chosen.insert(chosen.end(), rest.begin(), rest.begin() + missing);
    random.shuffle(chosen);
    return chosen;
}

} // namespace

MlpChain::MlpChain(
    Parameters& parameters,
    const SparseOps& rows,
    const std::string& prefix,
    std::int64_t in,
    const std::vector<std::int64_t>& widths,
    int firstIndex
) {
    for (const auto width : widths) {
        const auto name = fmt::format("{}.{}", prefix, firstIndex + layerCount());
        layers_.emplace_back(parameters, rows, name, in, std::vector{width});
        in = width;
    }
}

Tensor MlpChain::forward(const PointContext& context, Tensor features) const {
    for (const auto& layer : layers_) {
        features = layer.forward(context, features);
    }
    return features;
}

Regression::Regression(
    Parameters& parameters,
    const SparseOps& rows,
    const std::string& prefix,
    std::int64_t in,
    const std::array<std::int64_t, 3>& widths
) {
    in += kFrustumCategories;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        const bool last = i + 1 == layers_.size();
        const auto name = fmt::format("{}.{}", prefix, i);
        const LayerNames names = last ? LayerNames{name, {}} : LayerNames{name + ".0", name + ".1"};
        const auto activation = last ? Activation::None : Activation::Relu;
        layers_[i] =
            loadPointLayer(parameters, rows, names, in, widths[i], activation, StoredAs::Linear);
        in = widths[i];
    }
}

Tensor Regression::forward(const PointContext& context, const Tensor& whole, const Tensor& category)
    const {
    auto x = torch::cat({whole, category}, 1);
    for (const auto& layer : layers_) {
        x = layer.forward(context, x);
    }
    return x;
}

Foreground drawForeground(
    const Tensor& coords,
    const Tensor& logits,
    std::int64_t count,
    const std::vector<std::uint64_t>& seeds
) {
    const auto mask = logits.select(1, 1) > logits.select(1, 0);
    const auto plain = mask.contiguous();
    const auto points = coords.contiguous();
    Foreground result{torch::zeros({coords.size(0), 3, count}), torch::zeros({coords.size(0), 3})};
    for (std::int64_t b = 0; b < coords.size(0); ++b) {
        const auto* own = plain.data_ptr<bool>() + b * plain.size(1);
        std::vector<std::int64_t> candidates;
        for (std::int64_t i = 0; i < plain.size(1); ++i) {
            if (own[i]) {
                candidates.push_back(i);
            }
        }
        if (candidates.empty()) {
            continue;
        }
        const auto object = points[b].index_select(1, torch::tensor(candidates));
        const auto middle = object.to(torch::kFloat64).mean(1).to(torch::kFloat32);
        const auto chosen = drawFrom(candidates, count, seeds.at(static_cast<std::size_t>(b)));
        result.middle[b].copy_(middle);
        result.coords[b].copy_(
            points[b].index_select(1, torch::tensor(chosen)) - middle.unsqueeze(1)
        );
    }
    return result;
}

std::unique_ptr<FrustumNetwork> makeFrustumNetwork(
    FrustumKind kind, Parameters& parameters, const SparseOps& rows, const PointOps& points
) {
    return std::make_unique<ThreeSteps>(kind, parameters, rows, points);
}

FrustumKind frustumKindOf(const Parameters& parameters) {
    constexpr std::array<std::pair<FrustumKind, const char*>, kFrustumKinds.size()> kOwn = {
        {{FrustumKind::PvcnnE, "inst_seg_net.point_features.0.voxel_layers.0.weight"},
         {FrustumKind::PointNet, "inst_seg_net.cloud_features.0.layers.0.weight"},
         {FrustumKind::PointNet2, "inst_seg_net.sa_layers.0.mlps.0.layers.0.weight"}}};
    for (const auto& [kind, tensor] : kOwn) {
        if (parameters.has(tensor)) {
            return kind;
        }
    }
    throw CheckpointError(
        fmt::format("{}: not a frustum network", parameters.origin()),
        "known ones: pvcnn, pointnet, pointnet2"
    );
}

} // namespace siskin
