// SPDX-License-Identifier: MIT
#include "core/points/cpu/point_kernels.hpp"

#include "core/base/cpu_isa.hpp"

namespace siskin::points {

const PointKernels& selectPointKernels() {
    switch (selectCpuIsa()) {
    case CpuIsa::Avx512:
        return kAvx512PointKernels;
    case CpuIsa::Avx2:
        return kAvx2PointKernels;
    case CpuIsa::Baseline:
        break;
    }
    return kBaselinePointKernels;
}

} // namespace siskin::points
