// SPDX-License-Identifier: MIT
// The inner loops of the CPU implementation, compiled once per instruction set. They never use a
// fused multiply-add on distances, so all of them find the same neighbours.
#pragma once

#include <cstdint>

namespace siskin::points {

/// Points are padded to a multiple of this, so that no loop over them has a tail.
inline constexpr std::int64_t kPadding = 32;

/// The widest preference period of equally far points (see `furthestPoints`).
inline constexpr std::int64_t kScanThreads = 512;

/// Queries that one pass over the points serves.
inline constexpr int kQueryTile = 4;

/// `dimensions` rows of coordinates, `stride` floats apart (a multiple of kPadding).
struct Columns {
    const float* data;
    std::int64_t stride;
    std::int64_t dimensions;
};

/// Rows of channels, `stride` floats apart.
struct Rows {
    const float* data;
    std::int64_t stride;
};

/// Sorted lists of the nearest points so far, one per query, `stride` entries apart. Entry -1 of
/// each is minus infinity, and there is room up to the next multiple of kListPadding.
struct NearestLists {
    float* distance;
    std::int32_t* index;
    std::int64_t count;
    std::int64_t stride;
};

inline constexpr std::int64_t kListPadding = 16;

/// How `blend` finishes a row: times `scale`, plus `addend`; either may be null.
struct BlendEnd {
    const float* scale;
    Rows addend;
};

/// How `tileBackward` finishes the eight voxels of a tile, z fastest. `voxels` point at the rows'
/// first column.
struct TileEnd {
    const float* bias;
    float negativeSlope;
    float* const* voxels;
};

struct PointKernels {
    const char* name; ///< "AVX-512", "AVX2", "baseline"

    /// nearest[i] = min(nearest[i], squared distance of point i to `centre`) for `count` points (a
    /// multiple of kPadding); returns the largest of the new values.
    float (*advance
    )(Columns xyz, std::int64_t first, std::int64_t count, const float centre[3], float* nearest);

    /// Writes the first `limit` points, in order, whose squared distance is below `squaredRadius`;
    /// returns how many there were.
    std::int64_t (*within
    )(Columns xyz,
      const float centre[3],
      float squaredRadius,
      std::int64_t limit,
      std::int32_t* hits);

    /// Merges all points into the lists of `queries` (1..kQueryTile) queries. `query` holds
    /// [dimension][kQueryTile] values.
    void (*nearest)(Columns points, const float* query, int queries, NearestLists lists);

    /// out[p] = scale * sum over k < terms of weights[p][k] * rows[index[p][k]] + addend[p].
    void (*blend
    )(Rows rows,
      const std::int32_t* index,
      const float* weights,
      int terms,
      std::int64_t points,
      std::int64_t channels,
      BlendEnd end,
      float* out);

    /// out = sum of rows[list[i]] * (1 / count); zeros when count is 0.
    void (*average
    )(Rows rows, const std::int32_t* list, std::int64_t count, std::int64_t channels, float* out);

    /// sums[c] = sum of `count` rows.
    void (*sum)(Rows rows, std::int64_t count, std::int64_t channels, float* sums);

    /// Winograd's transform of a tile of 4x4x4 voxels (64 rows of channels, z fastest):
    /// out[f * stride + c] for its 64 frequencies.
    void (*tileForward
    )(const float* const* voxels, std::int64_t channels, float* out, std::int64_t stride);

    /// The way back: products[f * stride + c] to 2x2x2 voxels, plus bias, negative values times the
    /// slope.
    void (*tileBackward
    )(const float* products, std::int64_t stride, std::int64_t columns, TileEnd end);
};

extern const PointKernels kBaselinePointKernels;
extern const PointKernels kAvx2PointKernels;
extern const PointKernels kAvx512PointKernels;

/// The set for `selectCpuIsa()`.
const PointKernels& selectPointKernels();

} // namespace siskin::points
