// SPDX-License-Identifier: MIT
#include "core/sparse/cpu/kernels.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

namespace siskin::cpu {

namespace {

bool processorHasAvx2() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return false;
#endif
}

bool processorHasAvx512() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           processorHasAvx2();
#else
    return false;
#endif
}

const Kernels& namedKernels(std::string_view name) {
    if (name == "baseline") {
        return kBaselineKernels;
    }
    if (name == "avx2" && processorHasAvx2()) {
        return kAvx2Kernels;
    }
    if (name == "avx512" && processorHasAvx512()) {
        return kAvx512Kernels;
    }
    throw DeviceError(
        fmt::format("SISKIN_CPU_ISA={}: unknown, or not on this processor", name),
        "use avx512, avx2 or baseline, or leave it unset"
    );
}

} // namespace

const Kernels& selectKernels() {
    if (const char* name = std::getenv("SISKIN_CPU_ISA")) {
        return namedKernels(name);
    }
    if (processorHasAvx512()) {
        return kAvx512Kernels;
    }
    return processorHasAvx2() ? kAvx2Kernels : kBaselineKernels;
}

} // namespace siskin::cpu
