// SPDX-License-Identifier: MIT
#include "tests/bench/machine_limits.hpp"

#include "core/base/parallel.hpp"

#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <dlfcn.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace siskin::bench {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

#if defined(__x86_64__)

constexpr std::int64_t kSteps = 20'000'000;
constexpr int kChains = 12; ///< independent sums: enough to hide the latency of any of them

// One loop per instruction, in a function of its own instruction set. Twelve named sums, because an
// array would live in memory; the empty asm keeps each of them in a register and the loop in place.
#define SISKIN_CHAIN(sum, step)                                                                    \
    {                                                                                              \
        auto& s = sum;                                                                             \
        s = step;                                                                                  \
        asm volatile("" : "+v"(s));                                                                \
    }
#define SISKIN_RATE(function, isa, Register, zero, step)                                           \
    __attribute__((target(isa))) double function() {                                               \
        Register a = zero, b = a, c = a, d = a, e = a, f = a;                                      \
        Register g = a, h = a, i = a, j = a, k = a, l = a;                                         \
        const auto start = Clock::now();                                                           \
        for (std::int64_t n = 0; n < kSteps; ++n) {                                                \
            SISKIN_CHAIN(a, step)                                                                  \
            SISKIN_CHAIN(b, step)                                                                  \
            SISKIN_CHAIN(c, step)                                                                  \
            SISKIN_CHAIN(d, step)                                                                  \
            SISKIN_CHAIN(e, step)                                                                  \
            SISKIN_CHAIN(f, step)                                                                  \
            SISKIN_CHAIN(g, step)                                                                  \
            SISKIN_CHAIN(h, step)                                                                  \
            SISKIN_CHAIN(i, step)                                                                  \
            SISKIN_CHAIN(j, step)                                                                  \
            SISKIN_CHAIN(k, step)                                                                  \
            SISKIN_CHAIN(l, step)                                                                  \
        }                                                                                          \
        return static_cast<double>(kSteps * kChains) / secondsSince(start) * 1e-9;                 \
    }

SISKIN_RATE(fma256, "avx2,fma", __m256, _mm256_setzero_ps(), _mm256_fmadd_ps(s, s, s))
SISKIN_RATE(fma512, "avx512f", __m512, _mm512_setzero_ps(), _mm512_fmadd_ps(s, s, s))
SISKIN_RATE(
    dotBf16,
    "avx512bf16,avx512f",
    __m512,
    _mm512_setzero_ps(),
    _mm512_dpbf16_ps(s, (__m512bh)s, (__m512bh)s)
)
SISKIN_RATE(fmaFp16, "avx512fp16", __m512h, _mm512_setzero_ph(), _mm512_fmadd_ph(s, s, s))
SISKIN_RATE(
    dotInt8, "avx512vnni,avx512f", __m512i, _mm512_setzero_si512(), _mm512_dpbusd_epi32(s, s, s)
)

#undef SISKIN_RATE
#undef SISKIN_CHAIN

#endif

} // namespace

void restartWithFittingBlas(char** argv) {
#if defined(__x86_64__)
    if (std::getenv("OPENBLAS_CORETYPE") != nullptr) {
        return;
    }
    if (__builtin_cpu_supports("avx512f")) {
        setenv("OPENBLAS_CORETYPE", "SkylakeX", 1);
    } else if (__builtin_cpu_supports("avx2")) {
        setenv("OPENBLAS_CORETYPE", "Haswell", 1);
    } else {
        return;
    }
    execv("/proc/self/exe", argv); // returns only when it fails; the default kernels serve then
#else
    (void)argv;
#endif
}

std::string blasKernels() {
    using CoreName = const char* (*)();
    const auto name = reinterpret_cast<CoreName>(dlsym(RTLD_DEFAULT, "openblas_get_corename"));
    return name ? name() : "unknown";
}

double measureSgemm() {
    constexpr std::int64_t kSize = 2048;
    const torch::NoGradGuard noGrad;
    static const auto a = torch::rand({kSize, kSize});
    static const auto b = torch::rand({kSize, kSize});
    static auto c = torch::empty({kSize, kSize});
    const auto start = Clock::now();
    torch::mm_out(c, a, b);
    return 2.0 * kSize * kSize * kSize / secondsSince(start) * 1e-9;
}

double measureBandwidth() {
    constexpr std::int64_t kFloats = 32'000'000;
    std::vector<float> a(kFloats);
    const std::vector<float> b(kFloats, 1.0F);
    const std::vector<float> c(kFloats, 2.0F);
    double best = 0.0;
    for (int run = 0; run < 4; ++run) { // the first one also touches the pages
        const auto start = Clock::now();
        parallelFor(kFloats, 1 << 20, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const auto k = static_cast<std::size_t>(i);
                a[k] = b[k] + 3.0F * c[k];
            }
        });
        best = std::max(best, 12.0 * kFloats / secondsSince(start) * 1e-9);
    }
    return best;
}

std::vector<InstructionRate> measureInstructionRates() {
    std::vector<InstructionRate> rates;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        rates.push_back({"fp32 FMA, 256 bit", 8 * fma256()});
    }
    if (__builtin_cpu_supports("avx512f")) {
        rates.push_back({"fp32 FMA, 512 bit", 16 * fma512()});
    }
    if (__builtin_cpu_supports("avx512bf16")) {
        rates.push_back({"bf16 dot product, 512 bit", 32 * dotBf16()});
    }
    if (__builtin_cpu_supports("avx512fp16")) {
        rates.push_back({"fp16 FMA, 512 bit", 32 * fmaFp16()});
    }
    if (__builtin_cpu_supports("avx512vnni")) {
        rates.push_back({"int8 dot product, 512 bit", 64 * dotInt8()});
    }
#endif
    return rates;
}

} // namespace siskin::bench
