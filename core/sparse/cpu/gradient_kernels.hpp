// SPDX-License-Identifier: MIT
// The inner loops of the gradients, compiled once per instruction set.
#pragma once

#include "core/sparse/cpu/point_kernels.hpp"

namespace siskin::cpu {

/// Rows of two matrices that meet.
struct RowMeetings {
    const std::int32_t* left;
    const std::int32_t* right;
    std::int64_t count;
};

struct GradientKernels {
    /// sums[a][b] += sum over the meetings of left[l][a] * right[r][b]; `sums` is
    /// [leftChannels][rightChannels].
    void (*outerProducts
    )(ConstRows left,
      ConstRows right,
      RowMeetings rows,
      std::int64_t leftChannels,
      std::int64_t rightChannels,
      float* sums);
};

} // namespace siskin::cpu
