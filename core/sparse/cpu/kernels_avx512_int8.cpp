// SPDX-License-Identifier: MIT
// AVX512_VNNI: four products of 8-bit values per lane and instruction, summed in 32 bits.
#include "core/sparse/cpu/encode512_impl.hpp"
#include "core/sparse/cpu/int8_impl.hpp"

namespace siskin::cpu {

namespace {

struct Dot {
    static constexpr int kFloats = 16;
    static constexpr std::int64_t kMaxSteps = 1 << 30;
    using Sum = __m512i;

    template <int Registers>
    static constexpr int kRows = Registers == 3 ? 8 : 12;

    template <bool Fresh>
    static Sum start(const float* sums) {
        if constexpr (Fresh) {
            return _mm512_setzero_si512();
        } else {
            return _mm512_loadu_si512(sums);
        }
    }

    static Sum step(Sum sum, Vector<16> input, Vector<16> weight) {
        return _mm512_dpbusd_epi32(sum, _mm512_castps_si512(input), _mm512_castps_si512(weight));
    }

    template <bool Fresh>
    static void store(float* sums, Sum sum) {
        _mm512_storeu_si512(sums, sum);
    }

    template <int Fold>
    static float total(const float* parts, const float* scale) {
        return integerTotal<Fold>(parts, scale);
    }
};

constexpr PanelKernel kPanels[] = {
    kPanel<Dot, 8, 2>,
    kPanel<Dot, 16, 1>,
    kPanel<Dot, 24, 2>,
    kPanel<Dot, 32, 1>,
};

void encodeBytes(
    ConstRows in,
    std::int64_t rows,
    std::int64_t channels,
    const float* scale, // zero-padded, so that a whole register can be read
    std::int64_t words,
    float* to
) {
    encodeRows512<1>(
        in,
        rows,
        channels,
        words,
        to,
        [scale](__m512 values, std::int64_t c) {
            const __m512 scaled = _mm512_mul_ps(values, _mm512_loadu_ps(scale + c));
            return _mm512_cvtps_epi32(_mm512_max_ps(scaled, _mm512_setzero_ps()));
        },
        [](void* target, __mmask16 mask, __m512i bytes) {
            _mm512_mask_cvtusepi32_storeu_epi8(target, mask, bytes);
        }
    );
}

} // namespace

const MatrixKernels kAvx512Int8Kernels = {"AVX-512", 4, kPanels, 4, encodeBytes};

} // namespace siskin::cpu
