// SPDX-License-Identifier: MIT
// What the frustum networks are made of.
#pragma once

#include "core/models/frustum_network.hpp"
#include "core/models/set_abstraction.hpp"
#include "core/nn/joined_layer.hpp"

#include <array>
#include <memory>
#include <string>

namespace siskin {

/// Tells the points of the object from the others. Keys `inst_seg_net...`.
class FrustumSegmentation {
  public:
    virtual ~FrustumSegmentation() = default;
    /// (B, kFrustumChannels, N), [B, kFrustumCategories] -> (B, 2, N)
    virtual torch::Tensor forward(
        const PointContext& context, const torch::Tensor& features, const torch::Tensor& category
    ) const = 0;
    virtual int layerCount() const = 0;
};

std::unique_ptr<FrustumSegmentation>
makePvcnnSegmentation(Parameters& parameters, const SparseOps& rows, const PointOps& points);
std::unique_ptr<FrustumSegmentation>
makePointNetSegmentation(Parameters& parameters, const SparseOps& rows);
std::unique_ptr<FrustumSegmentation>
makePointNet2Segmentation(Parameters& parameters, const SparseOps& rows);

/// Shared MLPs one after the other, keys `<prefix>.0`, `<prefix>.1` ...
class MlpChain {
  public:
    MlpChain() = default;
    MlpChain(
        Parameters& parameters,
        const SparseOps& rows,
        const std::string& prefix,
        std::int64_t in,
        const std::vector<std::int64_t>& widths,
        int firstIndex = 0
    );

    torch::Tensor forward(const PointContext& context, torch::Tensor features) const;

    int layerCount() const noexcept { return static_cast<int>(layers_.size()); }

  private:
    std::vector<SharedMlp> layers_;
};

/// [features of the cloud, category] -> numbers: two layers with batch-norm and ReLU, one without.
/// Keys `<prefix>.{0,1}.{0,1}`, `<prefix>.2`.
class Regression {
  public:
    Regression(
        Parameters& parameters,
        const SparseOps& rows,
        const std::string& prefix,
        std::int64_t in,
        const std::array<std::int64_t, 3>& widths
    );

    torch::Tensor forward(
        const PointContext& context, const torch::Tensor& whole, const torch::Tensor& category
    ) const;

    static constexpr int kLayers = 3;

  private:
    std::array<PointLayer, 3> layers_;
};

} // namespace siskin
