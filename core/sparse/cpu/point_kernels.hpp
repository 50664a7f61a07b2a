// SPDX-License-Identifier: MIT
// The inner loops of the point <-> voxel operators, compiled once per instruction set.
#pragma once

#include <cstdint>

namespace siskin::cpu {

/// A matrix whose rows may be part of a wider one.
struct ConstRows {
    const float* data;
    std::int64_t stride; ///< floats from one row to the next
};

struct Rows {
    float* data;
    std::int64_t stride;
};

struct PointKernels {
    /// out[p] = addend[p] + sum over the 8 corners of weights[p][c] * voxels[corners[p][c]];
    /// corners of weight 0 are not read. `out` overlaps neither input.
    void (*interpolate
    )(ConstRows voxels,
      const std::int32_t* corners,
      const float* weights,
      std::int64_t points,
      std::int64_t channels,
      ConstRows addend,
      Rows out);

    /// out[v] = mean of the rows members[start[v]] .. members[start[v + 1] - 1], v < voxels; zeros
    /// without any.
    void (*average
    )(ConstRows rows,
      const std::int32_t* start,
      const std::int32_t* members,
      std::int64_t voxels,
      std::int64_t channels,
      Rows out);
};

} // namespace siskin::cpu
