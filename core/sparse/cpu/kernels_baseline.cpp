// SPDX-License-Identifier: MIT
// Whatever the compiler targets by default: SSE2 on x86-64 (16 registers of 4 floats), NEON on
// 64-bit Arm (32 of them).
#define SISKIN_VECTOR_FLOATS 4
#include "core/sparse/cpu/gradient_kernels_impl.hpp"
#include "core/sparse/cpu/kernels_impl.hpp"
#include "core/sparse/cpu/point_kernels_impl.hpp"

namespace siskin::cpu {

namespace {

struct Dot : FloatDot<SISKIN_VECTOR_FLOATS> {
    template <int Registers>
    static constexpr int kRows = Registers == 4 ? 2 : 4;
};

constexpr PanelKernel kPanels[] = {
    kPanel<Dot, 4, 1>,
    kPanel<Dot, 8, 1>,
    kPanel<Dot, 16, 1>,
};

} // namespace

const Kernels kBaselineKernels = {
    {"baseline", 1, kPanels, 3, encodeFloats}, kPointKernels, kGradientKernels};

} // namespace siskin::cpu
