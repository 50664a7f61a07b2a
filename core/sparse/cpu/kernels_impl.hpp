// SPDX-License-Identifier: MIT
// Bodies of the inner loops, written with the compiler's vector types so that one text serves every
// instruction set. Include only from kernels_*.cpp, which define SISKIN_VECTOR_FLOATS and
// SISKIN_ROWS.
//
// Design (engines.md 2.6): a tile of R rows x W columns of sums stays in registers while the loop
// runs over the input channels; input values are broadcast straight from the gathered rows, so
// there is no gather buffer; weights of the panel are contiguous.
#pragma once

#include "core/sparse/cpu/kernels.hpp"

namespace siskin::cpu {
namespace {

template <int Floats>
struct VectorOf {
    using Type __attribute__((vector_size(Floats * 4))) = float;
    using Unaligned __attribute__((vector_size(Floats * 4), aligned(4), may_alias)) = float;
};

template <int Floats>
using Vector = typename VectorOf<Floats>::Type;

template <int Floats>
inline Vector<Floats> load(const float* from) {
    return *reinterpret_cast<const typename VectorOf<Floats>::Unaligned*>(from);
}

template <int Floats>
inline void store(float* to, Vector<Floats> value) {
    *reinterpret_cast<typename VectorOf<Floats>::Unaligned*>(to) = value;
}

/// Widest vector that divides a panel of W columns.
template <int W>
constexpr int kLanes = W < SISKIN_VECTOR_FLOATS ? W : SISKIN_VECTOR_FLOATS;

/// Rows of a register tile: as many as the register file holds beside weights and a broadcast.
template <int W>
constexpr int kTileRows = SISKIN_ROWS(W / kLanes<W>);

template <int W, int R>
inline void tile(
    ConstRows in,
    const std::int32_t* inRows,
    const std::int32_t* outRows,
    const float* weights,
    std::int64_t channels,
    float* sums
) {
    constexpr int L = kLanes<W>;
    constexpr int V = W / L;
    const float* row[R];
    Vector<L> sum[R][V];
    for (int r = 0; r < R; ++r) {
        row[r] = in.data + inRows[r] * in.stride;
        for (int v = 0; v < V; ++v) {
            sum[r][v] = load<L>(sums + std::int64_t{outRows[r]} * W + v * L);
        }
    }
    for (std::int64_t c = 0; c < channels; ++c) {
        Vector<L> weight[V];
        for (int v = 0; v < V; ++v) {
            weight[v] = load<L>(weights + c * W + v * L);
        }
        for (int r = 0; r < R; ++r) {
            const float value = row[r][c];
            for (int v = 0; v < V; ++v) {
                sum[r][v] += value * weight[v];
            }
        }
    }
    for (int r = 0; r < R; ++r) {
        for (int v = 0; v < V; ++v) {
            store<L>(sums + std::int64_t{outRows[r]} * W + v * L, sum[r][v]);
        }
    }
}

/// The last, incomplete tile: R counts down to the exact number of rows.
template <int W, int R>
inline void
tail(ConstRows in, PairList rest, const float* weights, std::int64_t channels, float* sums) {
    if constexpr (R > 0) {
        if (rest.count == R) {
            tile<W, R>(in, rest.in, rest.out, weights, channels, sums);
        } else {
            tail<W, R - 1>(in, rest, weights, channels, sums);
        }
    }
}

template <int W>
void accumulatePanel(
    ConstRows in, PairList pairs, const float* weights, std::int64_t channels, float* sums
) {
    constexpr int R = kTileRows<W>;
    std::int64_t i = 0;
    for (; i + R <= pairs.count; i += R) {
        tile<W, R>(in, pairs.in + i, pairs.out + i, weights, channels, sums);
    }
    tail<W, R - 1>(in, {pairs.in + i, pairs.out + i, pairs.count - i}, weights, channels, sums);
}

void finishRows(
    const float* sums,
    int width,
    std::int64_t rows,
    std::int64_t columns,
    Epilogue epilogue,
    Rows out
) {
    for (std::int64_t r = 0; r < rows; ++r) {
        const float* sum = sums + r * width;
        float* target = out.data + r * out.stride;
        const float* residual = epilogue.residual.data
                                    ? epilogue.residual.data + r * epilogue.residual.stride
                                    : nullptr;
        for (std::int64_t c = 0; c < columns; ++c) {
            float value = sum[c] + epilogue.bias[c];
            if (residual) {
                value += residual[c];
            }
            target[c] = epilogue.relu && value < 0.0F ? 0.0F : value;
        }
    }
}

void interpolatePoints(
    ConstRows voxels,
    const std::int32_t* corners,
    const float* weights,
    std::int64_t points,
    std::int64_t channels,
    ConstRows addend,
    Rows out
) {
    for (std::int64_t p = 0; p < points; ++p) {
        float* target = out.data + p * out.stride;
        const float* start = addend.data ? addend.data + p * addend.stride : nullptr;
        for (std::int64_t c = 0; c < channels; ++c) {
            target[c] = start ? start[c] : 0.0F;
        }
        for (int corner = 0; corner < 8; ++corner) {
            const float weight = weights[p * 8 + corner];
            if (weight == 0.0F) {
                continue;
            }
            const float* source = voxels.data + corners[p * 8 + corner] * voxels.stride;
            for (std::int64_t c = 0; c < channels; ++c) {
                target[c] += weight * source[c];
            }
        }
    }
}

void averageRows(
    ConstRows rows, const std::int32_t* list, std::int64_t count, std::int64_t channels, float* out
) {
    for (std::int64_t c = 0; c < channels; ++c) {
        out[c] = 0.0F;
    }
    for (std::int64_t i = 0; i < count; ++i) {
        const float* source = rows.data + list[i] * rows.stride;
        for (std::int64_t c = 0; c < channels; ++c) {
            out[c] += source[c];
        }
    }
    if (count > 1) {
        const float scale = static_cast<float>(count);
        for (std::int64_t c = 0; c < channels; ++c) {
            out[c] /= scale;
        }
    }
}

} // namespace
} // namespace siskin::cpu

#define SISKIN_DEFINE_KERNELS(symbol, title)                                                       \
    namespace siskin::cpu {                                                                        \
    const Kernels symbol = {                                                                       \
        title,                                                                                     \
        {accumulatePanel<8>, accumulatePanel<16>, accumulatePanel<32>},                            \
        finishRows,                                                                                \
        interpolatePoints,                                                                         \
        averageRows,                                                                               \
    };                                                                                             \
    }
