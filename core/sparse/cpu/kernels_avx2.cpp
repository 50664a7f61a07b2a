// SPDX-License-Identifier: MIT
// 16 registers of 8 floats: 12 sums, the panel's weights, one broadcast.
#define SISKIN_VECTOR_FLOATS 8
#include "core/sparse/cpu/gradient_kernels_impl.hpp"
#include "core/sparse/cpu/kernels_impl.hpp"
#include "core/sparse/cpu/point_kernels_impl.hpp"

namespace siskin::cpu {

namespace {

struct Dot : FloatDot<SISKIN_VECTOR_FLOATS> {
    template <int Registers>
    static constexpr int kRows = Registers == 4   ? 3
                                 : Registers == 3 ? 4
                                 : Registers == 2 ? 6
                                                  : 10;
};

constexpr PanelKernel kPanels[] = {
    kPanel<Dot, 8, 1>,
    kPanel<Dot, 16, 1>,
    kPanel<Dot, 24, 1>,
    kPanel<Dot, 32, 1>,
};

} // namespace

const Kernels kAvx2Kernels = {
    {"AVX2", 1, kPanels, 4, encodeFloats}, kPointKernels, kGradientKernels};

} // namespace siskin::cpu
