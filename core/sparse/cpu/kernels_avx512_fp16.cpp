// SPDX-License-Identifier: MIT
// AVX512_FP16: two float16 products per lane and instruction, each half of a lane with a sum of its
// own. The registers go to the float32 sums after 128 steps (256 channels) at the latest, before
// the rounding of the float16 sums matters beside that of the inputs.
#include "core/sparse/cpu/encode512_impl.hpp"
#include "core/sparse/cpu/kernels_impl.hpp"

namespace siskin::cpu {

namespace {

struct Dot : FloatDot<16> {
    static constexpr std::int64_t kMaxSteps = 128;
    using Sum = __m512h;

    template <int Registers>
    static constexpr int kRows = Registers == 3 ? 8 : 12;

    template <bool Fresh>
    static Sum start(const float* /*sums*/) {
        return _mm512_setzero_ph();
    }

    static Sum step(Sum sum, Vector<16> input, Vector<16> weight) {
        return _mm512_fmadd_ph(_mm512_castps_ph(input), _mm512_castps_ph(weight), sum);
    }

    template <bool Fresh>
    static void store(float* sums, Sum sum) {
        const __m512i bits = _mm512_castph_si512(sum);
        const __m512h swapped = _mm512_castsi512_ph(_mm512_rol_epi32(bits, 16));
        const __m512i both = _mm512_castph_si512(_mm512_add_ph(sum, swapped));
        const Vector<16> total = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(both));
        siskin::cpu::store<16>(sums, Fresh ? total : load<16>(sums) + total);
    }
};

constexpr PanelKernel kPanels[] = {
    kPanel<Dot, 8, 2>,
    kPanel<Dot, 16, 1>,
    kPanel<Dot, 24, 2>,
    kPanel<Dot, 32, 1>,
};

void encodeFloat16(
    ConstRows in,
    std::int64_t rows,
    std::int64_t channels,
    const float* /*scale*/,
    std::int64_t words,
    float* to
) {
    encodeRows512<2>(
        in,
        rows,
        channels,
        words,
        to,
        [](__m512 values, std::int64_t /*c*/) {
            const __m512 largest = _mm512_set1_ps(65504.0F);
            const __m512 smallest = _mm512_set1_ps(-65504.0F);
            const __m512 bounded = _mm512_min_ps(_mm512_max_ps(values, smallest), largest);
            return _mm512_cvtps_ph(bounded, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        },
        [](void* target, __mmask16 mask, __m256i halves) {
            _mm256_mask_storeu_epi16(target, mask, halves);
        }
    );
}

} // namespace

const MatrixKernels kAvx512Float16Kernels = {"AVX-512", 2, kPanels, 4, encodeFloat16};

} // namespace siskin::cpu
