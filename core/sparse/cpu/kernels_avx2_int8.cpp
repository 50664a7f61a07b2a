// SPDX-License-Identifier: MIT
// AVX_VNNI, the 256-bit form that laptop processors have.
#include "core/sparse/cpu/int8_impl.hpp"

#include <immintrin.h>

namespace siskin::cpu {

namespace {

struct Dot {
    static constexpr int kFloats = 8;
    static constexpr std::int64_t kMaxSteps = 1 << 30;
    using Sum = __m256i;

    template <int Registers>
    static constexpr int kRows = Registers == 4   ? 3
                                 : Registers == 3 ? 4
                                 : Registers == 2 ? 6
                                                  : 10;

    template <bool Fresh>
    static Sum start(const float* sums) {
        if constexpr (Fresh) {
            return _mm256_setzero_si256();
        } else {
            return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums));
        }
    }

    static Sum step(Sum sum, Vector<8> input, Vector<8> weight) {
        return _mm256_dpbusd_avx_epi32(
            sum, _mm256_castps_si256(input), _mm256_castps_si256(weight)
        );
    }

    template <bool Fresh>
    static void store(float* sums, Sum sum) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums), sum);
    }

    template <int Fold>
    static float total(const float* parts, const float* scale) {
        return integerTotal<Fold>(parts, scale);
    }
};

constexpr PanelKernel kPanels[] = {
    kPanel<Dot, 8, 1>,
    kPanel<Dot, 16, 1>,
    kPanel<Dot, 24, 1>,
    kPanel<Dot, 32, 1>,
};

void encodeBytes(
    ConstRows in,
    std::int64_t rows,
    std::int64_t channels,
    const float* scale,
    std::int64_t words,
    float* to
) {
    const float* __restrict factor = scale;
    encodeRows<std::uint8_t>(in, rows, channels, words, to, [factor](float value, std::int64_t c) {
        const float scaled = value * factor[c] + 0.5F; // rounds: never negative here
        const float bounded = scaled > 0.0F ? scaled : 0.0F;
        return static_cast<std::uint8_t>(
            static_cast<std::int32_t>(bounded < 255.0F ? bounded : 255.0F)
        );
    });
}

} // namespace

const MatrixKernels kAvx2Int8Kernels = {"AVX2", 4, kPanels, 4, encodeBytes};

} // namespace siskin::cpu
