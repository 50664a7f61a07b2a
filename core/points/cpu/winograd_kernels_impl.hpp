// SPDX-License-Identifier: MIT
// The transforms of Winograd's F(2x2x2, 3x3x3) in the compiler's vector types, channels across the
// lanes. Include only from kernels_*.cpp, after point_kernels_impl.hpp.
#pragma once

#include "core/points/cpu/point_kernels.hpp"

namespace siskin::points {
namespace {

/// One axis of a tile: the rows of B^T in Lavin and Gray, "Fast Algorithms for Convolutional Neural
/// Networks", CVPR 2016.
template <typename T>
inline void toFrequencies(T& a, T& b, T& c, T& d) {
    const T first = a - c;
    const T second = b + c;
    const T third = c - b;
    const T fourth = b - d;
    a = first;
    b = second;
    c = third;
    d = fourth;
}

template <typename T>
inline void
tileForwardAt(const float* const* voxels, std::int64_t channel, float* out, std::int64_t stride) {
    T planes[4][16];
    for (int x = 0; x < 4; ++x) {
        T p[16]; // stays in registers
#pragma GCC unroll 16
        for (int i = 0; i < 16; ++i) {
            p[i] = loadAs<T>(voxels[16 * x + i] + channel);
        }
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i) {
            toFrequencies(p[4 * i], p[4 * i + 1], p[4 * i + 2], p[4 * i + 3]);
        }
#pragma GCC unroll 4
        for (int i = 0; i < 4; ++i) {
            toFrequencies(p[i], p[4 + i], p[8 + i], p[12 + i]);
        }
#pragma GCC unroll 16
        for (int i = 0; i < 16; ++i) {
            planes[x][i] = p[i];
        }
    }
    for (int i = 0; i < 16; ++i) {
        T a = planes[0][i];
        T b = planes[1][i];
        T c = planes[2][i];
        T d = planes[3][i];
        toFrequencies(a, b, c, d);
        float* target = out + i * stride + channel;
        storeAs<T>(target, a);
        storeAs<T>(target + 16 * stride, b);
        storeAs<T>(target + 32 * stride, c);
        storeAs<T>(target + 48 * stride, d);
    }
}

void tileForward(
    const float* const* voxels, std::int64_t channels, float* out, std::int64_t stride
) {
    std::int64_t c = 0;
    for (; c + kLanes <= channels; c += kLanes) {
        tileForwardAt<Vector>(voxels, c, out, stride);
    }
    for (; c < channels; ++c) {
        tileForwardAt<float>(voxels, c, out, stride);
    }
}

/// A^T of the same paper: four sums to two.
template <typename T>
inline T lowOf(T a, T b, T c) {
    return (a + b) + c;
}

template <typename T>
inline T highOf(T b, T c, T d) {
    return (b - c) - d;
}

template <typename T>
inline void
tileBackwardAt(const float* products, std::int64_t stride, std::int64_t column, TileEnd end) {
    T line[2][16];
    for (int i = 0; i < 16; ++i) {
        const float* from = products + i * stride + column;
        const T a = loadAs<T>(from);
        const T b = loadAs<T>(from + 16 * stride);
        const T c = loadAs<T>(from + 32 * stride);
        const T d = loadAs<T>(from + 48 * stride);
        line[0][i] = lowOf(a, b, c);
        line[1][i] = highOf(b, c, d);
    }
    const T bias = loadAs<T>(end.bias + column);
    for (int x = 0; x < 2; ++x) {
        T half[2][4];
        for (int z = 0; z < 4; ++z) {
            const T* p = line[x] + z;
            half[0][z] = lowOf(p[0], p[4], p[8]);
            half[1][z] = highOf(p[4], p[8], p[12]);
        }
        for (int y = 0; y < 2; ++y) {
            const T* h = half[y];
            const T low = lowOf(h[0], h[1], h[2]) + bias;
            const T high = highOf(h[1], h[2], h[3]) + bias;
            float* const* target = end.voxels + 4 * x + 2 * y;
            storeAs<T>(target[0] + column, low < 0.0F ? low * end.negativeSlope : low);
            storeAs<T>(target[1] + column, high < 0.0F ? high * end.negativeSlope : high);
        }
    }
}

void tileBackward(const float* products, std::int64_t stride, std::int64_t columns, TileEnd end) {
    std::int64_t c = 0;
    for (; c + kLanes <= columns; c += kLanes) {
        tileBackwardAt<Vector>(products, stride, c, end);
    }
    for (; c < columns; ++c) {
        tileBackwardAt<float>(products, stride, c, end);
    }
}

} // namespace
} // namespace siskin::points
