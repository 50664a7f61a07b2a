// SPDX-License-Identifier: MIT
// MinkUNet: the U-Net alone, on the voxels (Choy et al., CVPR 2019; 18-layer variant of SPVNAS).
#include "core/models/network.hpp"

namespace siskin {

namespace {

class MinkUNet final : public Network {
  public:
    MinkUNet(const UNetPlan& plan, Parameters& parameters, const SparseOps& ops)
        : unet_(plan, minkUNetNames(), parameters, ops) {
        parameters.requireAllTaken("point_transforms.");
    }

    torch::Tensor forward(const ForwardContext& context, const NetworkInput& input) const override {
        Levels levels;
        {
            TraceRecorder::Scope span(context.trace, "maps", SpanKind::Stage);
            levels = buildLevels(context, input.voxels);
        }
        TraceRecorder::Scope span(context.trace, "network", SpanKind::Stage);
        const SkipConnections skips(context.ops, unet_.plan(), levels);
        auto x = unet_.stem(context, levels, input.features, skips);
        for (int stage = 0; stage < kUNetStages; ++stage) {
            x = unet_.down(context, levels, stage, x, skips);
        }
        for (int stage = 0; stage < kUNetStages; ++stage) {
            x = unet_.up(context, levels, stage, x, skips);
        }
        return unet_.classify(context, x, levels.identity);
    }

    std::int64_t classes() const override { return unet_.plan().classes; }

    int layerCount() const override { return unet_.layerCount(); }

  private:
    UNet unet_;
};

} // namespace

std::unique_ptr<Network>
makeMinkUNet(const UNetPlan& plan, Parameters& parameters, const SparseOps& ops) {
    return std::make_unique<MinkUNet>(plan, parameters, ops);
}

} // namespace siskin
