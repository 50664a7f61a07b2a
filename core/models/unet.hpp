// SPDX-License-Identifier: MIT
// The U-Net that MinkUNet, SPVCNN and SPVNAS share (models.md 3.2): a stem at stride 1, four stages
// down to stride 16, four stages back up with skip connections, and a linear classifier.
#pragma once

#include "core/nn/levels.hpp"

#include <array>
#include <functional>
#include <string>
#include <vector>

namespace siskin {

inline constexpr int kUNetStages = 4;
inline constexpr std::int64_t kInputChannels = 4; ///< x, y, z (metres), remission

/// Widths of one stage: a stride-2 transition, then residual blocks.
struct StagePlan {
    std::int64_t transition = 0;      ///< output channels of the stride-2 (transposed) convolution
    std::vector<std::int64_t> middle; ///< middle width of each residual block
    std::int64_t out = 0;             ///< output channels of every block
};

struct UNetPlan {
    std::int64_t stem = 0;
    std::array<StagePlan, kUNetStages> down;
    std::array<StagePlan, kUNetStages> up;
    std::int64_t classes = 0;
    std::int64_t classifierStoredIn = 0;   ///< input columns in the file, >= the last stage's width
    bool firstBlockAlwaysProjects = false; ///< SPVNAS; otherwise only where the width changes
};

enum class Direction { Down, Up };

/// How a family names its layers in the state dict.
struct UNetNames {
    std::function<LayerNames(Direction, int stage)> transition;
    std::function<LayerNames(Direction, int stage, int block, int conv)> feature;
    std::function<LayerNames(Direction, int stage, int block)> projection;
    std::function<LayerNames(int index)> pointTransform;
    std::string classifier;
};

/// Skip connections without copies: per level one wide matrix, whose left columns the decoder's
/// transition writes and whose right columns the encoder wrote (decoder first, skip second).
class SkipConnections {
  public:
    SkipConnections(const SparseOps& ops, const UNetPlan& plan, const Levels& levels);
    torch::Tensor encoder(int level) const; ///< columns of the skip
    torch::Tensor decoder(int level) const; ///< columns of the upsampled features

    const torch::Tensor& both(int level) const { return buffers_[static_cast<std::size_t>(level)]; }

  private:
    std::array<torch::Tensor, kUNetStages> buffers_;
    std::array<std::int64_t, kUNetStages> split_{};
};

class UNet {
  public:
    UNet(
        const UNetPlan& plan, const UNetNames& names, Parameters& parameters, const SparseOps& ops
    );

    /// Stem, written to the level-0 skip columns.
    torch::Tensor stem(
        const ForwardContext& context,
        const Levels& levels,
        const torch::Tensor& features,
        const SkipConnections& skips
    ) const;
    /// Encoder stage `stage` (0..3): level `stage` -> `stage + 1`.
    torch::Tensor down(
        const ForwardContext& context,
        const Levels& levels,
        int stage,
        const torch::Tensor& features,
        const SkipConnections& skips
    ) const;
    /// Decoder stage `stage` (0..3): level `4 - stage` -> `3 - stage`.
    torch::Tensor
    up(const ForwardContext& context,
       const Levels& levels,
       int stage,
       const torch::Tensor& features,
       const SkipConnections& skips) const;

    torch::Tensor classify(
        const ForwardContext& context, const torch::Tensor& features, const KernelMapPtr& identity
    ) const {
        return classifier_.forward(context, features, identity);
    }

    const UNetPlan& plan() const noexcept { return plan_; }

    int layerCount() const noexcept { return layers_; } ///< convolutions and the classifier

  private:
    struct Stage {
        ConvLayer transition;
        std::vector<ResidualBlock> blocks;
    };

    Stage loadStage(
        const StagePlan& plan,
        Direction direction,
        int stage,
        std::int64_t in,
        std::int64_t skip,
        const UNetNames& names,
        Parameters& parameters,
        const SparseOps& ops
    );
    torch::Tensor runBlocks(
        const ForwardContext& context,
        const Levels& levels,
        int level,
        const Stage& stage,
        torch::Tensor features,
        const torch::Tensor& out
    ) const;

    UNetPlan plan_;
    std::array<ConvLayer, 2> stem_;
    std::array<Stage, kUNetStages> down_;
    std::array<Stage, kUNetStages> up_;
    ConvLayer classifier_;
    int layers_ = 0;
};

/// Widths of a MinkUNet or SPVCNN of width multiplier `cr`: int(cr * [32 32 64 128 256 256 128 96
/// 96]).
UNetPlan planFromWidth(double cr, std::int64_t classes);

/// The same read off the tensors' shapes, so that any width loads.
UNetPlan planFromShapes(const Parameters& parameters);

/// Layer names of MinkUNet and SPVCNN (models.md appendix A).
UNetNames minkUNetNames();

} // namespace siskin
