// SPDX-License-Identifier: MIT
// Bodies of the inner loops in the compiler's vector types, so that one text serves every
// instruction set. Include only from kernels_*.cpp, which define SISKIN_VECTOR_FLOATS.
#pragma once

#include "core/points/cpu/point_kernels.hpp"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace siskin::points {
namespace {

constexpr int kLanes = SISKIN_VECTOR_FLOATS;
using Vector __attribute__((vector_size(kLanes * 4))) = float;
using UnalignedVector __attribute__((vector_size(kLanes * 4), aligned(4), may_alias)) = float;

using IntVector __attribute__((vector_size(kLanes * 4))) = std::int32_t;
using UnalignedIntVector __attribute__((vector_size(kLanes * 4), aligned(4), may_alias)) =
    std::int32_t;

inline IntVector loadInts(const std::int32_t* from) {
    return *reinterpret_cast<const UnalignedIntVector*>(from);
}

inline void storeInts(std::int32_t* to, IntVector value) {
    *reinterpret_cast<UnalignedIntVector*>(to) = value;
}

/// `T` is a Vector, or a float for what is left over.
template <typename T>
inline T loadAs(const float* from) {
    if constexpr (sizeof(T) == sizeof(float)) {
        return *from;
    } else {
        return *reinterpret_cast<const UnalignedVector*>(from);
    }
}

template <typename T>
inline void storeAs(float* to, T value) {
    if constexpr (sizeof(T) == sizeof(float)) {
        *to = value;
    } else {
        *reinterpret_cast<UnalignedVector*>(to) = value;
    }
}

/// Bit l is set where value[l] < limit.
inline unsigned lanesBelow(Vector value, float limit) {
#if SISKIN_VECTOR_FLOATS == 16 && defined(__AVX512F__)
    return _mm512_cmp_ps_mask(reinterpret_cast<__m512>(value), _mm512_set1_ps(limit), _CMP_LT_OQ);
#elif SISKIN_VECTOR_FLOATS == 8 && defined(__AVX2__)
    const auto below =
        _mm256_cmp_ps(reinterpret_cast<__m256>(value), _mm256_set1_ps(limit), _CMP_LT_OQ);
    return static_cast<unsigned>(_mm256_movemask_ps(below));
#elif SISKIN_VECTOR_FLOATS == 4 && defined(__SSE2__)
    const auto below = _mm_cmplt_ps(reinterpret_cast<__m128>(value), _mm_set1_ps(limit));
    return static_cast<unsigned>(_mm_movemask_ps(below));
#else
    unsigned bits = 0;
    for (int l = 0; l < kLanes; ++l) {
        bits |= (value[l] < limit ? 1U : 0U) << l;
    }
    return bits;
#endif
}

inline Vector squaredDistance(Columns xyz, std::int64_t i, const float centre[3]) {
    const Vector dx = loadAs<Vector>(xyz.data + i) - centre[0];
    const Vector dy = loadAs<Vector>(xyz.data + xyz.stride + i) - centre[1];
    const Vector dz = loadAs<Vector>(xyz.data + 2 * xyz.stride + i) - centre[2];
    return (dx * dx + dy * dy) + dz * dz;
}

float advanceNearest(
    Columns xyz, std::int64_t first, std::int64_t count, const float centre[3], float* nearest
) {
    Vector largest = Vector{} - 1.0F;
    for (std::int64_t i = first; i < first + count; i += kLanes) {
        const Vector before = loadAs<Vector>(nearest + i);
        const Vector distance = squaredDistance(xyz, i, centre);
        const Vector after = distance < before ? distance : before;
        storeAs(nearest + i, after);
        largest = largest < after ? after : largest;
    }
    float result = largest[0];
    for (int l = 1; l < kLanes; ++l) {
        result = result < largest[l] ? largest[l] : result;
    }
    return result;
}

std::int64_t pointsWithin(
    Columns xyz, const float centre[3], float squaredRadius, std::int64_t limit, std::int32_t* hits
) {
    std::int64_t found = 0;
    for (std::int64_t i = 0; i < xyz.stride; i += kLanes) {
        unsigned below = lanesBelow(squaredDistance(xyz, i, centre), squaredRadius);
        for (; below != 0; below &= below - 1) {
            hits[found++] = static_cast<std::int32_t>(i) + __builtin_ctz(below);
            if (found == limit) {
                return found;
            }
        }
    }
    return found;
}

/// Puts a point into a sorted list, without a branch on where: entries up to `value` stay, later
/// ones move up by one. Equal distances stay in the order of their coming, which is that of their
/// indices.
inline void insertNearest(
    float* distances, std::int32_t* indices, std::int64_t count, float value, std::int32_t index
) {
    const Vector values = Vector{} + value;
    const IntVector newcomers = IntVector{} + index;
    for (std::int64_t i = (count - 1) / kLanes * kLanes; i >= 0; i -= kLanes) {
        const Vector here = loadAs<Vector>(distances + i);
        const Vector before = loadAs<Vector>(distances + i - 1);
        const IntVector indexHere = loadInts(indices + i);
        const IntVector indexBefore = loadInts(indices + i - 1);
        const IntVector stays = here <= values;
        const IntVector enters = before <= values;
        const Vector moved = enters ? values : before;
        const IntVector indexMoved = enters ? newcomers : indexBefore;
        storeAs<Vector>(distances + i, stays ? here : moved);
        storeInts(indices + i, stays ? indexHere : indexMoved);
    }
}

inline void offerLanes(
    Vector value, std::int64_t first, float* distances, std::int32_t* indices, std::int64_t count
) {
    unsigned below = lanesBelow(value, distances[count - 1]);
    if (below == 0) {
        return;
    }
    float lanes[kLanes];
    storeAs<Vector>(lanes, value);
    for (; below != 0; below &= below - 1) {
        const int lane = __builtin_ctz(below);
        if (lanes[lane] < distances[count - 1]) {
            const auto index = static_cast<std::int32_t>(first) + lane;
            insertNearest(distances, indices, count, lanes[lane], index);
        }
    }
}

/// Q queries against two vectors of points at a time: sums stay in registers over the dimensions.
template <int Q>
void nearestTile(Columns points, const float* query, NearestLists lists) {
    for (std::int64_t i = 0; i < points.stride; i += 2 * kLanes) {
        Vector sum[Q][2] = {};
        for (std::int64_t d = 0; d < points.dimensions; ++d) {
            const float* row = points.data + d * points.stride + i;
            const Vector left = loadAs<Vector>(row);
            const Vector right = loadAs<Vector>(row + kLanes);
            for (int q = 0; q < Q; ++q) {
                const float value = query[d * kQueryTile + q];
                const Vector a = value - left;
                const Vector b = value - right;
                sum[q][0] += a * a;
                sum[q][1] += b * b;
            }
        }
        for (int q = 0; q < Q; ++q) {
            float* distances = lists.distance + q * lists.stride;
            std::int32_t* indices = lists.index + q * lists.stride;
            offerLanes(sum[q][0], i, distances, indices, lists.count);
            offerLanes(sum[q][1], i + kLanes, distances, indices, lists.count);
        }
    }
}

void nearestPoints(Columns points, const float* query, int queries, NearestLists lists) {
    switch (queries) {
    case 1:
        return nearestTile<1>(points, query, lists);
    case 2:
        return nearestTile<2>(points, query, lists);
    case 3:
        return nearestTile<3>(points, query, lists);
    default:
        return nearestTile<kQueryTile>(points, query, lists);
    }
}

template <typename T>
inline void blendAt(
    Rows rows,
    const std::int32_t* index,
    const float* weights,
    int terms,
    std::int64_t channel,
    const float* scale,
    const float* addend,
    float* out
) {
    T sum = weights[0] * loadAs<T>(rows.data + index[0] * rows.stride + channel);
    for (int k = 1; k < terms; ++k) {
        sum += weights[k] * loadAs<T>(rows.data + index[k] * rows.stride + channel);
    }
    if (scale) {
        sum *= loadAs<T>(scale + channel);
    }
    if (addend) {
        sum += loadAs<T>(addend + channel);
    }
    storeAs<T>(out + channel, sum);
}

void blendRows(
    Rows rows,
    const std::int32_t* index,
    const float* weights,
    int terms,
    std::int64_t points,
    std::int64_t channels,
    BlendEnd end,
    float* out
) {
    for (std::int64_t p = 0; p < points; ++p) {
        const std::int32_t* row = index + p * terms;
        const float* weight = weights + p * terms;
        const float* addend = end.addend.data ? end.addend.data + p * end.addend.stride : nullptr;
        float* target = out + p * channels;
        std::int64_t c = 0;
        for (; c + kLanes <= channels; c += kLanes) {
            blendAt<Vector>(rows, row, weight, terms, c, end.scale, addend, target);
        }
        for (; c < channels; ++c) {
            blendAt<float>(rows, row, weight, terms, c, end.scale, addend, target);
        }
    }
}

template <typename T>
inline void averageAt(
    Rows rows,
    const std::int32_t* list,
    std::int64_t count,
    float share,
    std::int64_t channel,
    float* out
) {
    T sum = {};
    for (std::int64_t i = 0; i < count; ++i) {
        sum += share * loadAs<T>(rows.data + list[i] * rows.stride + channel);
    }
    storeAs<T>(out + channel, sum);
}

void averageRows(
    Rows rows, const std::int32_t* list, std::int64_t count, std::int64_t channels, float* out
) {
    const float share = count > 0 ? 1.0F / static_cast<float>(count) : 0.0F;
    std::int64_t c = 0;
    for (; c + kLanes <= channels; c += kLanes) {
        averageAt<Vector>(rows, list, count, share, c, out);
    }
    for (; c < channels; ++c) {
        averageAt<float>(rows, list, count, share, c, out);
    }
}

void sumRows(Rows rows, std::int64_t count, std::int64_t channels, float* sums) {
    for (std::int64_t c = 0; c < channels; ++c) {
        sums[c] = 0.0F;
    }
    for (std::int64_t i = 0; i < count; ++i) {
        const float* row = rows.data + i * rows.stride;
        for (std::int64_t c = 0; c < channels; ++c) {
            sums[c] += row[c];
        }
    }
}

} // namespace
} // namespace siskin::points

#define SISKIN_DEFINE_POINT_KERNELS(symbol, title)                                                 \
    namespace siskin::points {                                                                     \
    const PointKernels symbol = {                                                                  \
        title,                                                                                     \
        advanceNearest,                                                                            \
        pointsWithin,                                                                              \
        nearestPoints,                                                                             \
        blendRows,                                                                                 \
        averageRows,                                                                               \
        sumRows,                                                                                   \
        tileForward,                                                                               \
        tileBackward,                                                                              \
    };                                                                                             \
    }
