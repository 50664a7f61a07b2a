// SPDX-License-Identifier: MIT
// 32 registers of 16 floats: 24 sums, two of weights, one broadcast.
#define SISKIN_VECTOR_FLOATS 16
#define SISKIN_ROWS(vectors) ((vectors) == 2 ? 12 : 14)
#include "core/sparse/cpu/kernels_impl.hpp"

SISKIN_DEFINE_KERNELS(kAvx512Kernels, "AVX-512")
