// SPDX-License-Identifier: MIT
// Whatever the compiler targets by default: SSE2 on x86-64, NEON on 64-bit Arm.
#define SISKIN_VECTOR_FLOATS 4
#define SISKIN_ROWS(vectors) ((vectors) == 8 ? 1 : (vectors) == 4 ? 2 : 4)
#include "core/sparse/cpu/kernels_impl.hpp"

SISKIN_DEFINE_KERNELS(kBaselineKernels, "baseline")
