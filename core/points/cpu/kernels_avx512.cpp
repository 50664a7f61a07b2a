// SPDX-License-Identifier: MIT
#define SISKIN_VECTOR_FLOATS 16
#include "core/points/cpu/point_kernels_impl.hpp"
#include "core/points/cpu/winograd_kernels_impl.hpp"

SISKIN_DEFINE_POINT_KERNELS(kAvx512PointKernels, "AVX-512")
