// SPDX-License-Identifier: MIT
// How the kernels of points_*.cu read clouds.
#pragma once

#include "gpu/kernels/points_layout.hpp"
#include "gpu/simt/simt.cuh"

namespace siskin::gpu {

/// `Width` channels in one transaction.
template <int Width>
struct alignas(4 * Width) Pack {
    float values[Width];
};

inline constexpr int kPack = 4;

inline bool isPackable(const float* data, std::int64_t channels) {
    return channels % kPack == 0 &&
           reinterpret_cast<std::uintptr_t>(data) % sizeof(Pack<kPack>) == 0;
}

inline bool isPackable(const RowSource& rows, std::int64_t channels) {
    return isPackable(rows.data, channels) && rows.channel == 1 && rows.row % kPack == 0 &&
           rows.cloud % kPack == 0;
}

/// Channels `pack` * Width onwards of a row.
template <int Width>
__device__ inline Pack<Width>
loadPack(const RowSource& rows, std::int64_t cloud, std::int64_t row, std::int64_t pack) {
    const float* from = rows.data + cloud * rows.cloud + row * rows.row;
    if constexpr (Width == 1) {
        return {{from[pack * rows.channel]}};
    } else {
        return reinterpret_cast<const Pack<Width>*>(from)[pack];
    }
}

template <int Width>
__device__ inline void storePack(float* row, std::int64_t pack, const Pack<Width>& value) {
    reinterpret_cast<Pack<Width>*>(row)[pack] = value;
}

/// One row per group of 2^laneBits threads side by side, which share its packs.
struct RowLaunch {
    simt::LaunchShape shape;
    int laneBits;
};

inline RowLaunch launchForRows(std::int64_t rows, std::int64_t packs) {
    constexpr int kMostLaneBits = 5;
    int bits = 0;
    while (bits < kMostLaneBits && (std::int64_t{1} << bits) < packs) {
        ++bits;
    }
    return {simt::shapeFor(rows << bits), bits};
}

/// What one thread of such a launch works on: packs `firstPack`, `firstPack` + `step`, ...
struct RowShare {
    std::int64_t row;
    std::int64_t firstPack;
    std::int64_t step;
};

__device__ inline RowShare shareOf(int laneBits) {
    const std::int64_t thread = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    const std::int64_t step = std::int64_t{1} << laneBits;
    return {thread >> laneBits, thread & (step - 1), step};
}

/// dx * dx + dy * dy + dz * dz in this order, each operation rounded: point_ops.hpp.
__device__ inline float squaredNorm(float dx, float dy, float dz) {
    return __fadd_rn(__fadd_rn(__fmul_rn(dx, dx), __fmul_rn(dy, dy)), __fmul_rn(dz, dz));
}

struct Position {
    float x;
    float y;
    float z;
};

__device__ inline Position
positionAt(const ColumnSource& columns, std::int64_t cloud, std::int64_t point) {
    const float* x = columns.data + cloud * columns.cloud + point * columns.point;
    return {x[0], x[columns.dimension], x[2 * columns.dimension]};
}

__device__ inline float squaredDistance(const Position& a, const Position& b) {
    return squaredNorm(__fsub_rn(a.x, b.x), __fsub_rn(a.y, b.y), __fsub_rn(a.z, b.z));
}

} // namespace siskin::gpu
