// SPDX-License-Identifier: MIT
// Bodies of the point <-> voxel loops, compiled once per instruction set. Include only from
// kernels_*.cpp, after SISKIN_VECTOR_FLOATS is defined.
//
// A piece of a row (up to four vectors) stays in registers while the loop runs over the rows that
// it is made of, so every value is written once.
#pragma once

#include "core/sparse/cpu/point_kernels.hpp"
#include "core/sparse/cpu/vectors.hpp"

namespace siskin::cpu {
namespace {

/// Calls body.piece<L, V>(c) for pieces of V vectors of L floats that cover [0, channels). The last
/// piece may overlap the one before; rows narrower than a vector take shorter vectors.
template <int L, typename Body>
inline void forPieces(std::int64_t channels, const Body& body) {
    if constexpr (L > 1) {
        if (channels < L) {
            forPieces<L / 2>(channels, body);
            return;
        }
    }
    std::int64_t c = 0;
    for (; c + 4 * L <= channels; c += 4 * L) {
        body.template piece<L, 4>(c);
    }
    if (c + 2 * L <= channels) {
        body.template piece<L, 2>(c);
        c += 2 * L;
    }
    if (c + L <= channels) {
        body.template piece<L, 1>(c);
        c += L;
    }
    if (c < channels) {
        body.template piece<L, 1>(channels - L);
    }
}

/// One point as the weighted sum of the corners that exist.
struct Interpolation {
    const float* row[8];
    float weight[8];
    int count;
    const float* addend; ///< nullptr: zeros
    float* out;

    template <int L, int V>
    void piece(std::int64_t c) const {
        Vector<L> sum[V];
        for (int v = 0; v < V; ++v) {
            sum[v] = addend ? load<L>(addend + c + v * L) : Vector<L>{};
        }
        for (int i = 0; i < count; ++i) {
            for (int v = 0; v < V; ++v) {
                sum[v] += weight[i] * load<L>(row[i] + c + v * L);
            }
        }
        for (int v = 0; v < V; ++v) {
            store<L>(out + c + v * L, sum[v]);
        }
    }
};

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
        Interpolation point;
        point.count = 0;
        for (int corner = 0; corner < 8; ++corner) {
            const float weight = weights[p * 8 + corner];
            if (weight != 0.0F) {
                point.row[point.count] = voxels.data + corners[p * 8 + corner] * voxels.stride;
                point.weight[point.count++] = weight;
            }
        }
        point.addend = addend.data ? addend.data + p * addend.stride : nullptr;
        point.out = out.data + p * out.stride;
        forPieces<SISKIN_VECTOR_FLOATS>(channels, point);
    }
}

/// One voxel as the mean of its members.
struct Mean {
    ConstRows rows;
    const std::int32_t* members;
    std::int32_t count;
    float* out;

    template <int L, int V>
    void piece(std::int64_t c) const {
        Vector<L> sum[V] = {};
        for (std::int32_t i = 0; i < count; ++i) {
            const float* row = rows.data + members[i] * rows.stride + c;
            for (int v = 0; v < V; ++v) {
                sum[v] += load<L>(row + v * L);
            }
        }
        const float divisor = count > 1 ? static_cast<float>(count) : 1.0F;
        for (int v = 0; v < V; ++v) {
            store<L>(out + c + v * L, sum[v] / divisor);
        }
    }
};

void averageRows(
    ConstRows rows,
    const std::int32_t* start,
    const std::int32_t* members,
    std::int64_t voxels,
    std::int64_t channels,
    Rows out
) {
    for (std::int64_t v = 0; v < voxels; ++v) {
        const Mean mean{
            rows, members + start[v], start[v + 1] - start[v], out.data + v * out.stride};
        forPieces<SISKIN_VECTOR_FLOATS>(channels, mean);
    }
}

constexpr PointKernels kPointKernels{interpolatePoints, averageRows};

} // namespace
} // namespace siskin::cpu
