// SPDX-License-Identifier: MIT
#include "gpu/point_conv.hpp"

#include "gpu/kernels/points_rows.hpp"
#include "gpu/point_tensors.hpp"

#include <torch/utils.h>

namespace siskin::gpu {

namespace {

/// Batch-norm stays apart from the weights: folded into them it costs accuracy that deep networks
/// notice (core/points/README.md), and here bias and activation need a pass of their own anyway.
class DenseConv final : public PreparedDenseConv {
  public:
    DenseConv(
        const torch::Tensor& weight,
        const torch::Tensor& bias,
        const std::optional<BatchNorm>& norm,
        float negativeSlope
    )
        : PreparedDenseConv(weight.size(1), weight.size(0), negativeSlope),
          weight_(weight.detach()
                      .clone(at::MemoryFormat::Contiguous)
                      .to(device())
                      .contiguous(at::MemoryFormat::ChannelsLast3d)) {
        if (norm) {
            const auto folded = fold(*norm, bias);
            scale_ = onDevice(folded.scale);
            shift_ = onDevice(folded.shift);
        } else if (bias.defined()) {
            shift_ = onDevice(bias);
        } else if (negativeSlope != 1.0F) {
            shift_ = onDevice(torch::zeros({weight.size(0)}));
        }
    }

    const torch::Tensor& weight() const noexcept { return weight_; }

    /// What is left to do with the channels-last `sums`.
    void finish(const torch::Tensor& sums) const {
        if (shift_.defined()) {
            const std::int64_t rows = sums.numel() / channelsOut();
            finishConvolution(
                currentStream(),
                floats(sums),
                rows,
                channelsOut(),
                floats(scale_),
                floats(shift_),
                negativeSlope()
            );
        }
    }

  private:
    static torch::Tensor onDevice(const torch::Tensor& values) {
        return values.detach().to(torch::kFloat32).clone().contiguous().to(device());
    }

    torch::Tensor weight_; ///< [Cout, Cin, 3, 3, 3], channels-last
    torch::Tensor scale_;  ///< float32 [Cout]; undefined = 1
    torch::Tensor shift_;  ///< float32 [Cout]; undefined: the sums are the result
};

} // namespace

PreparedDenseConvPtr prepareDenseConv(
    const torch::Tensor& weight,
    const torch::Tensor& bias,
    const std::optional<BatchNorm>& norm,
    float negativeSlope
) {
    return std::make_shared<DenseConv>(weight, bias, norm, negativeSlope);
}

torch::Tensor convolveDense(const torch::Tensor& grid, const PreparedDenseConv& conv) {
    requireHere(grid, "convolution input");
    const auto& dense = dynamic_cast<const DenseConv&>(conv);
    const torch::NoGradGuard noGradients;
    constexpr bool kTryAlgorithms = false; // which one is the fastest may differ between runs
    constexpr bool kDeterministic = true;
    constexpr bool kUseCudnn = true;
    constexpr bool kAllowTf32 = false;
    const auto sums = at::_convolution(
        grid.contiguous(at::MemoryFormat::ChannelsLast3d),
        dense.weight(),
        {},
        {1, 1, 1},
        {1, 1, 1},
        {1, 1, 1},
        false,
        {0, 0, 0},
        1,
        kTryAlgorithms,
        kDeterministic,
        kUseCudnn,
        kAllowTf32
    );
    const auto rows = channelsLast(sums);
    dense.finish(rows);
    return channelsFirst(rows);
}

} // namespace siskin::gpu
