// SPDX-License-Identifier: MIT
// Bodies of the matrix loops, written with the compiler's vector types so that one text serves
// every instruction set and precision. Include only from kernels_*.cpp.
//
// Design (engines.md 2.6): a tile of R rows x V registers of sums stays in registers while the loop
// runs over the input channels; input words are broadcast straight from the gathered rows, so there
// is no gather buffer; weights of the panel are contiguous.
//
// `Dot` says what one multiplication is: `Dot::kFloats` 32-bit lanes per register, a register type
// `Dot::Sum`, `start(sums)`, `step(sum, input, weight)`, `store(sums, sum)`, `kMaxSteps` after
// which the registers go back to `sums`, and `total<fold>(sums, scale)`.
#pragma once

#include "core/sparse/cpu/kernels.hpp"
#include "core/sparse/cpu/vectors.hpp"

namespace siskin::cpu {
namespace {

template <class Dot, int Columns, int Fold>
constexpr int kRegisters = Columns* Fold / Dot::kFloats;

template <class Dot, int Columns, int Fold, bool Fresh, int R>
inline void tile(
    ConstRows in,
    const std::int32_t* inRows,
    const std::int32_t* outRows,
    const float* weights,
    std::int64_t steps,
    float* sums
) {
    constexpr int L = Dot::kFloats;
    constexpr int V = kRegisters<Dot, Columns, Fold>;
    constexpr int W = Columns * Fold;
    const float* row[R];
    typename Dot::Sum sum[R][V];
    for (int r = 0; r < R; ++r) {
        row[r] = in.data + inRows[r] * in.stride;
        for (int v = 0; v < V; ++v) {
            sum[r][v] = Dot::template start<Fresh>(sums + std::int64_t{outRows[r]} * W + v * L);
        }
    }
    for (std::int64_t s = 0; s < steps; ++s) {
        Vector<L> weight[V];
        for (int v = 0; v < V; ++v) {
            weight[v] = load<L>(weights + s * W + v * L);
        }
        for (int r = 0; r < R; ++r) {
            const auto value = broadcast<L, Fold>(row[r] + s * Fold);
            for (int v = 0; v < V; ++v) {
                sum[r][v] = Dot::step(sum[r][v], value, weight[v]);
            }
        }
    }
    for (int r = 0; r < R; ++r) {
        for (int v = 0; v < V; ++v) {
            Dot::template store<Fresh>(sums + std::int64_t{outRows[r]} * W + v * L, sum[r][v]);
        }
    }
}

/// The last, incomplete tile: R counts down to the exact number of rows.
template <class Dot, int Columns, int Fold, bool Fresh, int R>
inline void
tail(ConstRows in, PairList rest, const float* weights, std::int64_t steps, float* sums) {
    if constexpr (R > 0) {
        if (rest.count == R) {
            tile<Dot, Columns, Fold, Fresh, R>(in, rest.in, rest.out, weights, steps, sums);
        } else {
            tail<Dot, Columns, Fold, Fresh, R - 1>(in, rest, weights, steps, sums);
        }
    }
}

/// From this many words per row on, fetching the next tile early gains more than it costs.
constexpr std::int64_t kWordsWorthFetching = 32;

/// Asks for the sums and the first input words of the tile at pair `first`.
template <int Width, int R>
inline void fetchAhead(ConstRows in, PairList pairs, std::int64_t first, const float* sums) {
    constexpr int kLine = 16; // floats of a cache line
    for (int r = 0; r < R; ++r) {
        const float* sum = sums + std::int64_t{pairs.out[first + r]} * Width;
        for (int word = 0; word < Width; word += kLine) {
            __builtin_prefetch(sum + word, 1);
        }
        const float* row = in.data + pairs.in[first + r] * in.stride;
        __builtin_prefetch(row);
        __builtin_prefetch(row + kLine);
    }
}

template <class Dot, int Columns, int Fold, bool Fresh>
inline void
allTiles(ConstRows in, PairList pairs, const float* weights, std::int64_t steps, float* sums) {
    constexpr int R = Dot::template kRows<kRegisters<Dot, Columns, Fold>>;
    std::int64_t i = 0;
    for (; i + R <= pairs.count; i += R) {
        if (steps * Fold >= kWordsWorthFetching && i + 2 * R <= pairs.count) {
            fetchAhead<Columns * Fold, R>(in, pairs, i + R, sums);
        }
        tile<Dot, Columns, Fold, Fresh, R>(in, pairs.in + i, pairs.out + i, weights, steps, sums);
    }
    tail<Dot, Columns, Fold, Fresh, R - 1>(
        in, {pairs.in + i, pairs.out + i, pairs.count - i}, weights, steps, sums
    );
}

template <class Dot, int Columns, int Fold, bool Fresh>
void accumulatePanel(
    ConstRows in, PairList pairs, const float* weights, std::int64_t steps, float* sums
) {
    const std::int64_t first = steps < Dot::kMaxSteps ? steps : Dot::kMaxSteps;
    allTiles<Dot, Columns, Fold, Fresh>(in, pairs, weights, first, sums);
    for (std::int64_t done = first; done < steps; done += Dot::kMaxSteps) {
        const std::int64_t now = steps - done < Dot::kMaxSteps ? steps - done : Dot::kMaxSteps;
        allTiles<Dot, Columns, Fold, false>(
            {in.data + done * Fold, in.stride}, pairs, weights + done * Columns * Fold, now, sums
        );
    }
}

template <class Dot, int Columns, int Fold>
void finishPanel(
    const float* sums, std::int64_t rows, std::int64_t columns, Epilogue epilogue, Rows out
) {
    for (std::int64_t r = 0; r < rows; ++r) {
        float value[Columns];
        for (int c = 0; c < Columns; ++c) {
            value[c] =
                Dot::template total<Fold>(sums + (r * Columns + c) * Fold, epilogue.scale + c) +
                epilogue.bias[c];
        }
        if (epilogue.residual.data) {
            const float* residual = epilogue.residual.data + r * epilogue.residual.stride;
            for (std::int64_t c = 0; c < columns; ++c) {
                value[c] += residual[c];
            }
        }
        if (epilogue.relu) {
            for (int c = 0; c < Columns; ++c) {
                value[c] = value[c] < 0.0F ? 0.0F : value[c];
            }
        }
        float* target = out.data + r * out.stride;
        if (columns == Columns) {
            for (int c = 0; c < Columns; ++c) {
                target[c] = value[c];
            }
        } else {
            for (std::int64_t c = 0; c < columns; ++c) {
                target[c] = value[c];
            }
        }
    }
}

template <class Dot, int Columns, int Fold>
constexpr PanelKernel kPanel = {
    Columns,
    Fold,
    accumulatePanel<Dot, Columns, Fold, true>,
    accumulatePanel<Dot, Columns, Fold, false>,
    finishPanel<Dot, Columns, Fold>};

/// Float32: one channel per word, products and sums in one fused instruction.
template <int Floats>
struct FloatDot {
    static constexpr int kFloats = Floats;
    static constexpr std::int64_t kMaxSteps = 1 << 30;
    using Sum = Vector<Floats>;

    template <bool Fresh>
    static Sum start(const float* sums) {
        if constexpr (Fresh) {
            return Sum{};
        } else {
            return load<Floats>(sums);
        }
    }

    static Sum step(Sum sum, Vector<Floats> input, Vector<Floats> weight) {
        return sum + input * weight;
    }

    template <bool Fresh>
    static void store(float* sums, Sum sum) {
        siskin::cpu::store<Floats>(sums, sum);
    }

    template <int Fold>
    static float total(const float* parts, const float* /*scale*/) {
        float sum = parts[0];
        for (int f = 1; f < Fold; ++f) {
            sum += parts[f];
        }
        return sum;
    }
};

/// Writes `channels` converted values per row, zero-padded to whole rows of `words` words.
template <class Value, class Convert>
inline void encodeRows(
    ConstRows in,
    std::int64_t rows,
    std::int64_t channels,
    std::int64_t words,
    float* to,
    Convert convert
) {
    const std::int64_t width = words * static_cast<std::int64_t>(sizeof(float) / sizeof(Value));
    for (std::int64_t r = 0; r < rows; ++r) {
        // Bytes may alias anything: without the promise the loop would not be vectorised.
        const float* __restrict from = in.data + r * in.stride;
        Value* __restrict target = reinterpret_cast<Value*>(to + r * words);
        for (std::int64_t c = 0; c < channels; ++c) {
            target[c] = convert(from[c], c);
        }
        for (std::int64_t c = channels; c < width; ++c) {
            target[c] = Value{};
        }
    }
}

/// Float32 needs padding only: channels to a multiple of the panels' fold.
inline void encodeFloats(
    ConstRows in,
    std::int64_t rows,
    std::int64_t channels,
    const float* /*scale*/,
    std::int64_t words,
    float* to
) {
    encodeRows<float>(in, rows, channels, words, to, [](float value, std::int64_t) {
        return value;
    });
}

} // namespace
} // namespace siskin::cpu
