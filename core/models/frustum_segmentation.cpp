// SPDX-License-Identifier: MIT
#include "core/models/frustum_parts.hpp"
#include "core/models/point_heads.hpp"

#include <fmt/format.h>

#include <optional>

namespace siskin {

namespace {

using torch::Tensor;

const std::string kPrefix = "inst_seg_net";

/// PVCNN-E and PointNet: features per point, features of the cloud, and a classifier over both.
class JoinedSegmentation : public FrustumSegmentation {
  public:
    Tensor forward(const PointContext& context, const Tensor& features, const Tensor& category)
        const override {
        constexpr double kDropout = 0.5;
        Cloud cloud{features.narrow(1, 0, 3), features};
        for (const auto& block : blocks_) {
            cloud = block.forward(context, cloud);
        }
        const auto own = perPoint_.forward(context, cloud.features);
        const auto whole = cloudMaximum(perCloud_.forward(context, own));
        auto x = first_.forward(context, {category, own, whole});
        x = hidden_.forward(context, x);
        return scores_.forward(context, dropOut(context, x, kDropout));
    }

    int layerCount() const override {
        int count = perPoint_.layerCount() + perCloud_.layerCount() + 1 + hidden_.layerCount() + 1;
        for (const auto& block : blocks_) {
            count += block.layerCount();
        }
        return count;
    }

  protected:
    void loadClassifier(
        Parameters& parameters, const SparseOps& rows, std::int64_t own, std::int64_t whole
    ) {
        const LayerNames names{
            kPrefix + ".classifier.0.layers.0", kPrefix + ".classifier.0.layers.1"};
        const std::vector<JoinedPart> parts = {
            {kFrustumCategories, true}, {own, false}, {whole, true}};
        first_ = JoinedLayer(parameters, rows, names, parts, 512);
        hidden_ = MlpChain(parameters, rows, kPrefix + ".classifier", 512, {256, 128, 128}, 1);
        scores_ = loadScores(parameters, rows, kPrefix + ".classifier.5", 128, 2);
    }

    std::vector<PvConv> blocks_;
    MlpChain perPoint_;
    MlpChain perCloud_; ///< over `perPoint_`'s features

  private:
    JoinedLayer first_;
    MlpChain hidden_;
    PointLayer scores_;
};

class PvcnnSegmentation final : public JoinedSegmentation {
  public:
    PvcnnSegmentation(Parameters& parameters, const SparseOps& rows, const PointOps& points) {
        const auto prefix = kPrefix + ".point_features";
        std::int64_t in = kFrustumChannels;
        for (const auto& [width, resolution] :
             {std::pair{64, 16}, std::pair{64, 16}, std::pair{64, 12}, std::pair{128, 12}}) {
            const PvConvPlan plan{.in = in, .out = width, .resolution = resolution};
            const auto name = fmt::format("{}.{}", prefix, blocks_.size());
            blocks_.emplace_back(parameters, rows, points, name, plan);
            in = width;
        }
        perPoint_ = MlpChain(parameters, rows, prefix, in, {1024}, 4);
        loadClassifier(parameters, rows, 1024, 1024);
    }
};

class PointNetSegmentation final : public JoinedSegmentation {
  public:
    PointNetSegmentation(Parameters& parameters, const SparseOps& rows) {
        const auto name = kPrefix + ".point_features";
        perPoint_ = MlpChain(parameters, rows, name, kFrustumChannels, {64, 64, 64});
        perCloud_ = MlpChain(parameters, rows, kPrefix + ".cloud_features", 64, {128, 1024});
        loadClassifier(parameters, rows, 64, 1024);
    }
};

class PointNet2Segmentation final : public FrustumSegmentation {
  public:
    PointNet2Segmentation(Parameters& parameters, const SparseOps& rows) {
        const auto sa = [](int i) { return fmt::format("{}.sa_layers.{}", kPrefix, i); };
        const std::vector<GroupingScale> near = {
            {0.2F, 32, {32, 32, 64}}, {0.4F, 64, {64, 64, 128}}, {0.8F, 128, {64, 96, 128}}};
        const std::vector<GroupingScale> far = {
            {0.4F, 64, {64, 64, 128}}, {0.8F, 64, {128, 128, 256}}, {1.6F, 128, {128, 128, 256}}};
        down_.emplace_back(parameters, rows, sa(0), kFrustumChannels - 3, 128, near);
        down_.emplace_back(parameters, rows, sa(1), down_[0].channelsOut(), 32, far);
        const std::int64_t coarse = down_[1].channelsOut();
        whole_.emplace(parameters, rows, sa(2), coarse, std::vector<std::int64_t>{128, 256, 1024});
        std::int64_t in = whole_->channelsOut() + kFrustumCategories;
        for (const auto skipped : {coarse, down_[0].channelsOut(), kFrustumChannels}) {
            const auto name = fmt::format("{}.fp_layers.{}", kPrefix, up_.size());
            const std::vector<std::int64_t> widths = {128, 128};
            up_.emplace_back(parameters, rows, name, in + skipped, widths);
            in = up_.back().channelsOut();
        }
        hidden_ = SharedMlp(parameters, rows, kPrefix + ".classifier.0", in, {128});
        scores_ = loadScores(parameters, rows, kPrefix + ".classifier.2", 128, 2);
    }

    Tensor forward(const PointContext& context, const Tensor& features, const Tensor& category)
        const override {
        constexpr double kDropout = 0.3;
        const Cloud input{features.narrow(1, 0, 3), features.narrow(1, 3, kFrustumChannels - 3)};
        const auto near = down_[0].forward(context, input);
        const auto far = down_[1].forward(context, near);
        auto cloud = whole_->forward(context, far);
        cloud.features = joinChannels({cloud.features, category.unsqueeze(2)});
        cloud = up_[0].forward(context, cloud, far);
        cloud = up_[1].forward(context, cloud, near);
        cloud = up_[2].forward(context, cloud, input.with(features));
        const auto hidden = hidden_.forward(context, cloud.features);
        return scores_.forward(context, dropOut(context, hidden, kDropout));
    }

    int layerCount() const override {
        int count = whole_->layerCount() + hidden_.layerCount() + 1;
        for (const auto& stage : down_) {
            count += stage.layerCount();
        }
        for (const auto& stage : up_) {
            count += stage.layerCount();
        }
        return count;
    }

  private:
    std::vector<SetAbstraction> down_;
    std::optional<GroupAll> whole_;
    std::vector<FeaturePropagation> up_;
    SharedMlp hidden_;
    PointLayer scores_;
};

} // namespace

std::unique_ptr<FrustumSegmentation>
makePvcnnSegmentation(Parameters& parameters, const SparseOps& rows, const PointOps& points) {
    return std::make_unique<PvcnnSegmentation>(parameters, rows, points);
}

std::unique_ptr<FrustumSegmentation>
makePointNetSegmentation(Parameters& parameters, const SparseOps& rows) {
    return std::make_unique<PointNetSegmentation>(parameters, rows);
}

std::unique_ptr<FrustumSegmentation>
makePointNet2Segmentation(Parameters& parameters, const SparseOps& rows) {
    return std::make_unique<PointNet2Segmentation>(parameters, rows);
}

} // namespace siskin
