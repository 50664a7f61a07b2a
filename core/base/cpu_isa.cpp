// SPDX-License-Identifier: MIT
#include "core/base/cpu_isa.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

namespace siskin {

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

CpuIsa isaNamed(std::string_view name) {
    if (name == "baseline") {
        return CpuIsa::Baseline;
    }
    if (name == "avx2" && processorHasAvx2()) {
        return CpuIsa::Avx2;
    }
    if (name == "avx512" && processorHasAvx512()) {
        return CpuIsa::Avx512;
    }
    throw DeviceError(
        fmt::format("SISKIN_CPU_ISA={}: unknown, or not on this processor", name),
        "use avx512, avx2 or baseline, or leave it unset"
    );
}

} // namespace

CpuIsa selectCpuIsa() {
    if (const char* name = std::getenv("SISKIN_CPU_ISA")) {
        return isaNamed(name);
    }
    if (processorHasAvx512()) {
        return CpuIsa::Avx512;
    }
    return processorHasAvx2() ? CpuIsa::Avx2 : CpuIsa::Baseline;
}

} // namespace siskin
