// SPDX-License-Identifier: MIT
// Frustum networks (Qi et al., CVPR 2018; with point-voxel convolutions: Liu et al., NeurIPS 2019):
// which points of a frustum belong to the object, where its centre is, how large it is and which
// way it faces (models.md 5.5). Of the two baselines models.md 5.6 gives parameter counts only:
// their widths are those of their papers, which the counts confirm; the names of their tensors and
// where PointNet++ takes in the category are derived.
#pragma once

#include "core/models/frustum_kind.hpp"
#include "core/nn/point_layers.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace siskin {

inline constexpr std::int64_t kFrustumChannels = 4;   ///< x, y, z (turned to the front), intensity
inline constexpr std::int64_t kFrustumCategories = 3; ///< Car, Pedestrian, Cyclist
inline constexpr std::int64_t kForegroundPoints = 512;
inline constexpr std::int64_t kHeadingBins = 12;
inline constexpr std::int64_t kSizeTemplates = 8;

struct FrustumInput {
    torch::Tensor features;           ///< (B, kFrustumChannels, N)
    torch::Tensor category;           ///< [B, kFrustumCategories], one-hot
    std::vector<std::uint64_t> seeds; ///< B: for drawing points of the foreground
};

struct FrustumOutput {
    torch::Tensor maskLogits;       ///< (B, 2, N): background, object
    torch::Tensor centre;           ///< [B, 3], metres
    torch::Tensor headingScores;    ///< [B, kHeadingBins]
    torch::Tensor headingResiduals; ///< [B, kHeadingBins], radians from the bin's middle
    torch::Tensor sizeScores;       ///< [B, kSizeTemplates]
    torch::Tensor sizes;            ///< [B, kSizeTemplates, 3]: l, w, h if it were that template
};

class FrustumNetwork {
  public:
    virtual ~FrustumNetwork() = default;

    /// A frustum's answer depends on its own points and seed only.
    virtual FrustumOutput forward(const PointContext& context, const FrustumInput& input) const = 0;

    virtual int layerCount() const = 0; ///< how often `ForwardContext::layerDone` will be called
};

/// Throws `CheckpointError` when tensors are missing, left over or of another shape.
std::unique_ptr<FrustumNetwork> makeFrustumNetwork(
    FrustumKind kind, Parameters& parameters, const SparseOps& rows, const PointOps& points
);

/// Which network a file holds, from the names of its tensors. Throws `CheckpointError` where it is
/// none of them.
FrustumKind frustumKindOf(const Parameters& parameters);

/// Points of the object, around their middle.
struct Foreground {
    torch::Tensor coords; ///< (B, 3, count)
    torch::Tensor middle; ///< [B, 3]: mean of all points of the object; 0 where there is none
};

/// `count` of the points whose second logit is larger: without repetition where there are enough,
/// else each as often as the others, give or take one, in random order; zeros where there is none.
/// `coords` (B, 3, N), `logits` (B, 2, N).
Foreground drawForeground(
    const torch::Tensor& coords,
    const torch::Tensor& logits,
    std::int64_t count,
    const std::vector<std::uint64_t>& seeds
);

} // namespace siskin
