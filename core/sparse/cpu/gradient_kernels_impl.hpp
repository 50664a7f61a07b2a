// SPDX-License-Identifier: MIT
// Bodies of the gradients' loops, compiled once per instruction set. Include only from
// kernels_*.cpp, after SISKIN_VECTOR_FLOATS is defined.
//
// A tile of the product stays in registers while the loop runs over the rows: each row gives a few
// vectors of its right part and one broadcast per channel of its left part.
#pragma once

#include "core/sparse/cpu/gradient_kernels.hpp"
#include "core/sparse/cpu/vectors.hpp"

namespace siskin::cpu {
namespace {

struct OuterProducts {
    ConstRows left;
    ConstRows right;
    RowMeetings rows;
    std::int64_t leftChannels;
    std::int64_t rightChannels;
    float* sums;

    /// A channels of the left from `a`, V vectors of L channels of the right from `b`.
    template <int L, int V, int A>
    void tile(std::int64_t a, std::int64_t b) const {
        Vector<L> sum[A][V] = {};
        for (std::int64_t i = 0; i < rows.count; ++i) {
            const float* x = left.data + rows.left[i] * left.stride + a;
            const float* g = right.data + rows.right[i] * right.stride + b;
            Vector<L> wide[V];
            for (int v = 0; v < V; ++v) {
                wide[v] = load<L>(g + v * L);
            }
            for (int j = 0; j < A; ++j) {
                for (int v = 0; v < V; ++v) {
                    sum[j][v] += broadcast<L, 1>(x + j) * wide[v];
                }
            }
        }
        for (int j = 0; j < A; ++j) {
            for (int v = 0; v < V; ++v) {
                float* to = sums + (a + j) * rightChannels + b + v * L;
                store<L>(to, load<L>(to) + sum[j][v]);
            }
        }
    }

    template <int L, int V>
    void strip(std::int64_t b) const {
        constexpr int kTall = SISKIN_VECTOR_FLOATS == 16 ? 8 : 4;
        std::int64_t a = 0;
        for (; a + kTall <= leftChannels; a += kTall) {
            tile<L, V, kTall>(a, b);
        }
        for (; a + 2 <= leftChannels; a += 2) {
            tile<L, V, 2>(a, b);
        }
        if (a < leftChannels) {
            tile<L, V, 1>(a, b);
        }
    }

    /// Columns from `b` on in vectors of L, what is left over in shorter ones.
    template <int L>
    void run(std::int64_t b) const {
        if constexpr (L == SISKIN_VECTOR_FLOATS) {
            for (; b + 2 * L <= rightChannels; b += 2 * L) {
                strip<L, 2>(b);
            }
        }
        for (; b + L <= rightChannels; b += L) {
            strip<L, 1>(b);
        }
        if constexpr (L > 1) {
            if (b < rightChannels) {
                run<L / 2>(b);
            }
        }
    }
};

void addOuterProducts(
    ConstRows left,
    ConstRows right,
    RowMeetings rows,
    std::int64_t leftChannels,
    std::int64_t rightChannels,
    float* sums
) {
    OuterProducts{left, right, rows, leftChannels, rightChannels, sums}.run<SISKIN_VECTOR_FLOATS>(0
    );
}

constexpr GradientKernels kGradientKernels{addOuterProducts};

} // namespace
} // namespace siskin::cpu
