// SPDX-License-Identifier: MIT
#include "core/sparse/cpu/kernels.hpp"

#include "core/base/cpu_isa.hpp"
#include "core/base/error.hpp"
#include "core/sparse/precision.hpp"

#include <fmt/format.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace siskin::cpu {

namespace {

#if defined(__x86_64__)

/// Bit 4 of EAX of leaf 7, sub-leaf 1; g++ 12 has no name for it.
bool processorHasAvxVnni() {
    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax & (1U << 4U)) != 0;
}

/// Kernels of a reduced precision, no wider than those that float32 runs on; nullptr when there are
/// none.
const MatrixKernels* reducedKernels(Precision precision) {
    const CpuIsa isa = selectCpuIsa();
    const bool wide = isa == CpuIsa::Avx512;
    if (precision == Precision::Float16 && wide && __builtin_cpu_supports("avx512fp16")) {
        return &kAvx512Float16Kernels;
    }
    if (precision == Precision::BFloat16 && wide && __builtin_cpu_supports("avx512bf16")) {
        return &kAvx512BFloat16Kernels;
    }
    if (precision == Precision::Int8 && wide && __builtin_cpu_supports("avx512vnni")) {
        return &kAvx512Int8Kernels;
    }
    if (precision == Precision::Int8 && isa != CpuIsa::Baseline && processorHasAvxVnni()) {
        return &kAvx2Int8Kernels;
    }
    return nullptr;
}

#else

const MatrixKernels* reducedKernels(Precision /*precision*/) {
    return nullptr;
}

#endif

} // namespace

const MatrixKernels& selectMatrixKernels(Precision precision) {
    if (precision == Precision::Float32) {
        return selectKernels().matrix;
    }
    if (const auto* kernels = reducedKernels(precision)) {
        return *kernels;
    }
    throw DeviceError(
        fmt::format(
            "this processor ({}) has no fast {} products",
            selectKernels().matrix.name,
            toString(precision)
        ),
        "use fp32; fp16 needs AVX512_FP16, bf16 AVX512_BF16, int8 AVX512_VNNI or AVX_VNNI, tf32 a "
        "GPU"
    );
}

const Kernels& selectKernels() {
    switch (selectCpuIsa()) {
    case CpuIsa::Avx512:
        return kAvx512Kernels;
    case CpuIsa::Avx2:
        return kAvx2Kernels;
    case CpuIsa::Baseline:
        break;
    }
    return kBaselineKernels;
}

} // namespace siskin::cpu
