// SPDX-License-Identifier: MIT
// 3x3x3 convolution by Winograd's F(2x2x2, 3x3x3): 64 products for eight voxels in place of 216.
#pragma once

#include "core/sparse/cpu/packed_conv.hpp"

#include <torch/types.h>

#include <vector>

namespace siskin::points {

class WinogradConv {
  public:
    /// Whether it beats the direct convolution, as measured (README.md): with few channels the
    /// transforms cost more than the products they save.
    static bool suits(std::int64_t channelsIn, std::int64_t channelsOut, std::int64_t resolution);

    /// `weight` [Cout, Cin, 3, 3, 3], `bias` [Cout]; negative results are multiplied by the slope.
    WinogradConv(const torch::Tensor& weight, const torch::Tensor& bias, float negativeSlope);

    /// Contiguous (B, r, r, r, Cin) -> contiguous (B, r, r, r, Cout).
    torch::Tensor convolve(const torch::Tensor& grid) const;

  private:
    struct Task;
    struct Block;

    void toFrequencies(const Task& task, const Block& block, float* frequencies) const;
    void toVoxels(const Task& task, const Block& block, const cpu::Panel& panel, const float* sums)
        const;
    void computeBlock(const Task& task, const Block& block) const;
    std::int64_t tilesPerBlock() const;

    std::int64_t channelsIn_;
    std::int64_t channelsOut_;
    float negativeSlope_;
    cpu::PackedConv products_; ///< one "offset" per frequency
    std::vector<float> bias_;
};

} // namespace siskin::points
