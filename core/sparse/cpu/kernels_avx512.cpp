// SPDX-License-Identifier: MIT
// 32 registers of 16 floats: up to 24 sums, two or three of weights, one broadcast.
#define SISKIN_VECTOR_FLOATS 16
#include "core/sparse/cpu/gradient_kernels_impl.hpp"
#include "core/sparse/cpu/kernels_impl.hpp"
#include "core/sparse/cpu/point_kernels_impl.hpp"

namespace siskin::cpu {

namespace {

struct Dot : FloatDot<SISKIN_VECTOR_FLOATS> {
    template <int Registers>
    static constexpr int kRows = Registers == 3 ? 8 : 12;
};

// Narrow panels take 2 or 4 channels a step, so that no lane of a register idles.
constexpr PanelKernel kPanels[] = {
    kPanel<Dot, 4, 4>,
    kPanel<Dot, 8, 2>,
    kPanel<Dot, 16, 1>,
    kPanel<Dot, 24, 2>,
    kPanel<Dot, 32, 1>,
};

} // namespace

const Kernels kAvx512Kernels = {
    {"AVX-512", 1, kPanels, 5, encodeFloats}, kPointKernels, kGradientKernels};

} // namespace siskin::cpu
