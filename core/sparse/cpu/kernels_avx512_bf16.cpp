// SPDX-License-Identifier: MIT
// AVX512_BF16: two products of bfloat16 values per lane and instruction, summed in float32.
#include "core/sparse/cpu/encode512_impl.hpp"
#include "core/sparse/cpu/kernels_impl.hpp"

namespace siskin::cpu {

namespace {

struct Dot : FloatDot<16> {
    template <int Registers>
    static constexpr int kRows = Registers == 3 ? 8 : 12;

    static Sum step(Sum sum, Vector<16> input, Vector<16> weight) {
        return _mm512_dpbf16_ps(
            sum, __builtin_bit_cast(__m512bh, input), __builtin_bit_cast(__m512bh, weight)
        );
    }
};

constexpr PanelKernel kPanels[] = {
    kPanel<Dot, 8, 2>,
    kPanel<Dot, 16, 1>,
    kPanel<Dot, 24, 2>,
    kPanel<Dot, 32, 1>,
};

void encodeBFloat16(
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
            return __builtin_bit_cast(__m256i, _mm512_cvtneps_pbh(values));
        },
        [](void* target, __mmask16 mask, __m256i halves) {
            _mm256_mask_storeu_epi16(target, mask, halves);
        }
    );
}

} // namespace

const MatrixKernels kAvx512BFloat16Kernels = {"AVX-512", 2, kPanels, 4, encodeBFloat16};

} // namespace siskin::cpu
