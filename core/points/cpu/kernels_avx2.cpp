// SPDX-License-Identifier: MIT
// Without the instruction set in the compiler's flags (other processors) this is the baseline
// again.
#define SISKIN_VECTOR_FLOATS 8
#include "core/points/cpu/point_kernels_impl.hpp"
#include "core/points/cpu/winograd_kernels_impl.hpp"

SISKIN_DEFINE_POINT_KERNELS(kAvx2PointKernels, "AVX2")
