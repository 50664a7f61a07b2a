// SPDX-License-Identifier: MIT
// The inner loops of the CPU implementation, compiled once per instruction set.
#pragma once

#include <cstdint>

namespace siskin::cpu {

/// Output channels are computed in panels of 32, 16 or 8 columns; weights are packed accordingly.
inline constexpr int kPanelWidths[] = {8, 16, 32};

/// A matrix whose rows may be part of a wider one.
struct ConstRows {
    const float* data;
    std::int64_t stride; ///< floats from one row to the next
};

struct Rows {
    float* data;
    std::int64_t stride;
};

/// Pairs of one kernel offset inside one output block.
struct PairList {
    const std::int32_t* in;  ///< input rows
    const std::int32_t* out; ///< output rows, counted from the block's first
    std::int64_t count;
};

/// What happens to a panel of sums before it is stored.
struct Epilogue {
    const float* bias;  ///< `width` values (zero-padded)
    ConstRows residual; ///< data == nullptr: none; otherwise at the panel's first column
    bool relu;
};

struct Kernels {
    const char* name; ///< "AVX-512", "AVX2", "baseline"

    /// sums[out][0..width) += in[row][0..channels) * weights[channels][width], for all pairs.
    /// `sums` rows are `width` floats apart. One entry per panel width of `kPanelWidths`.
    void (*accumulate[3]
    )(ConstRows in, PairList pairs, const float* weights, std::int64_t channels, float* sums);

    /// out[r][0..columns) = activation(sums[r] + bias + residual[r]), r < rows.
    void (*finish
    )(const float* sums,
      int width,
      std::int64_t rows,
      std::int64_t columns,
      Epilogue epilogue,
      Rows out);

    /// out[p] = addend[p] + sum over the 8 corners of weights[p][c] * voxels[corners[p][c]];
    /// corners of weight 0 are not read.
    void (*interpolate
    )(ConstRows voxels,
      const std::int32_t* corners,
      const float* weights,
      std::int64_t points,
      std::int64_t channels,
      ConstRows addend,
      Rows out);

    /// out[0..channels) = mean of the listed rows; zeros when count is 0.
    void (*average
    )(ConstRows rows,
      const std::int32_t* list,
      std::int64_t count,
      std::int64_t channels,
      float* out);
};

extern const Kernels kBaselineKernels;
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;

/// The fastest set this processor runs, or the one named by SISKIN_CPU_ISA (`DeviceError` when the
/// processor lacks it or the name is unknown). Chosen at every call, so tests can switch.
const Kernels& selectKernels();

} // namespace siskin::cpu
