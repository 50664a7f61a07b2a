// SPDX-License-Identifier: MIT
// The inner loops of the CPU implementation, compiled once per instruction set.
#pragma once

#include "core/sparse/cpu/gradient_kernels.hpp"
#include "core/sparse/cpu/point_kernels.hpp"

#include <cstdint>

namespace siskin {
enum class Precision : std::uint8_t; // core/sparse/precision.hpp
} // namespace siskin

namespace siskin::cpu {

// Reduced-precision matrices are seen as rows of 32-bit words of 2 or 4 channels; the `float` of
// `ConstRows` then only carries their bits.

/// Pairs of one kernel offset inside one output block.
struct PairList {
    const std::int32_t* in;  ///< input rows
    const std::int32_t* out; ///< output rows, counted from the block's first
    std::int64_t count;
};

/// What happens to a panel of sums before it is stored. Arrays are zero-padded to the panel's
/// width.
struct Epilogue {
    const float* scale; ///< int8: value of one unit of the integer sum; otherwise not read
    const float* bias;
    ConstRows residual; ///< data == nullptr: none; otherwise at the panel's first column
    bool relu;
};

/// Computes a range of `columns` output channels. Sums of a row are columns x fold 32-bit lanes:
/// with fold > 1 a column is summed in `fold` parts, so that narrow panels fill a whole register.
struct PanelKernel {
    int columns; ///< width of the panel
    int fold;    ///< input words taken per step

    /// Adds the products of one kernel offset to the sums. Weights are [steps][columns][fold]
    /// words; input rows hold steps * fold words.
    using Accumulate = void (*)(
        ConstRows in, PairList pairs, const float* weights, std::int64_t steps, float* sums
    );
    Accumulate begin;      ///< sums[out] = in[row] * weights: the first to reach these rows
    Accumulate accumulate; ///< sums[out] += in[row] * weights

    /// out[r][0..columns) = activation(total of sums[r] + bias + residual[r]), r < rows.
    void (*finish
    )(const float* sums, std::int64_t rows, std::int64_t columns, Epilogue epilogue, Rows out);
};

/// The kernels of one precision on one instruction set.
struct MatrixKernels {
    const char* name;          ///< instruction set, e.g. "AVX-512"
    int channelsPerWord;       ///< 1 float32, 2 bfloat16 and float16, 4 int8
    const PanelKernel* panels; ///< by ascending number of columns
    int panelCount;

    /// to[r] = the channels of in[r] in this precision, zero-padded to `words` per row. For int8 a
    /// channel is multiplied with its `scale`, rounded, and kept within 0 .. 255.
    void (*encode
    )(ConstRows in,
      std::int64_t rows,
      std::int64_t channels,
      const float* scale,
      std::int64_t words,
      float* to);
};

/// All float32 loops of one instruction set.
struct Kernels {
    MatrixKernels matrix;
    PointKernels points;
    GradientKernels gradients;
};

extern const Kernels kBaselineKernels;
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;

extern const MatrixKernels kAvx512Float16Kernels;  ///< AVX512_FP16
extern const MatrixKernels kAvx512BFloat16Kernels; ///< AVX512_BF16
extern const MatrixKernels kAvx512Int8Kernels;     ///< AVX512_VNNI
extern const MatrixKernels kAvx2Int8Kernels;       ///< AVX_VNNI

/// The fastest set this processor runs, or the one named by SISKIN_CPU_ISA (`DeviceError` when the
/// processor lacks it or the name is unknown). Chosen at every call, so tests can switch.
const Kernels& selectKernels();

/// The same for one precision. Throws `DeviceError` when the processor has no instructions for it.
const MatrixKernels& selectMatrixKernels(Precision precision);

} // namespace siskin::cpu
