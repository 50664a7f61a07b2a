// SPDX-License-Identifier: MIT
// Weights of a convolution in the order and precision in which the inner loops read them.
#pragma once

#include "core/sparse/cpu/kernels.hpp"
#include "core/sparse/sparse_ops.hpp"

#include <vector>

namespace siskin::cpu {

/// A range of output channels computed together.
struct Panel {
    std::int64_t firstColumn;
    std::int64_t columns; ///< real ones; the rest of the kernel's width is zero padding
    const PanelKernel* kernel;
    std::int64_t steps;   ///< per kernel offset
    std::int64_t weights; ///< position of the panel's [volume][steps][columns][fold] words
};

class PackedConv {
  public:
    /// Throws `DeviceError` when the processor lacks the precision. `weight` float32 [K, Cin,
    /// Cout]; `bias` [Cout] or undefined. For int8, `inputUnits` [Cin] holds the value of one step
    /// of the 8-bit scale of each input channel, > 0; the scales of the output channels are chosen
    /// so that their largest weight becomes 127.
    PackedConv(
        Precision precision,
        const torch::Tensor& weight,
        const torch::Tensor& bias,
        const torch::Tensor& inputUnits = {}
    );

    int volume() const noexcept { return volume_; }

    const std::vector<Panel>& panels() const noexcept { return panels_; }

    /// The features [V, Cin] as the inner loops read them: themselves where their rows hold what is
    /// read, else a padded or converted copy.
    torch::Tensor encode(const torch::Tensor& features) const;

    const float* weights(const Panel& panel, int offset) const noexcept {
        return words_.data_ptr<float>() + panel.weights +
               offset * panel.steps * panel.kernel->columns * panel.kernel->fold;
    }

    /// One value per output channel, then zeros enough for any panel to read on.
    const std::vector<float>& bias() const noexcept { return bias_; }

    /// Value of one unit of the integer sums, per output channel; meaningful for int8 only.
    const float* scale(const Panel& panel) const noexcept {
        return scale_.data() + panel.firstColumn;
    }

  private:
    void choosePanels();
    void packAs(const torch::Tensor& weight);
    template <class Value>
    void pack(const torch::Tensor& weight);

    const MatrixKernels& kernels_;
    Precision precision_;
    int volume_;
    std::int64_t channelsIn_;
    std::int64_t channelsOut_;
    std::int64_t inputWords_ = 0; ///< words per input row that the inner loops read
    std::vector<Panel> panels_;
    torch::Tensor words_; ///< float32, seen as bits where the precision is another
    std::vector<float> bias_;
    std::vector<float> scale_;
    std::vector<float> inputScale_; ///< int8: steps per unit value, per input channel
};

} // namespace siskin::cpu
