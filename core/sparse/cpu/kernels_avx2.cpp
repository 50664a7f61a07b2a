// SPDX-License-Identifier: MIT
// 16 registers of 8 floats: 12 sums, the panel's weights, one broadcast.
#define SISKIN_VECTOR_FLOATS 8
#define SISKIN_ROWS(vectors) ((vectors) == 4 ? 3 : (vectors) == 2 ? 6 : 10)
#include "core/sparse/cpu/kernels_impl.hpp"

SISKIN_DEFINE_KERNELS(kAvx2Kernels, "AVX2")
