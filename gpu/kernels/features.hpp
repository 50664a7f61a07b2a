// SPDX-License-Identifier: MIT
// Feature rows on their own: to other formats, between points and voxels, to labels.
#pragma once

#include "gpu/kernels/conv_job.hpp"

namespace siskin::gpu {

/// A matrix of features in one format (TensorFloat32: plain float32).
struct FeatureRows {
    void* values = nullptr;
    std::int64_t stride = 0; ///< values between rows
    std::int64_t rows = 0;
    int channels = 0;
};

/// out[row] = what `in` [rows][channels <= 4] is in the format, in columns 0 to 3, and in columns 4
/// to 7 what that left over, so that float32 coordinates pass a 16-bit layer almost unrounded.
/// `out` has 8 columns.
void splitFloats(Stream stream, Format format, const FeatureRows& in, const FeatureRows& out);

/// models.md 2.3: mean over the points of each voxel, 0 where there are none. Points of voxel v:
/// members[starts[v]] .. members[starts[v + 1] - 1]. One format throughout.
void meanOverPoints(
    Stream stream,
    Format format,
    const FeatureRows& points,
    const std::int32_t* members,
    const std::int32_t* starts,
    const FeatureRows& voxels
);

/// models.md 2.2: sum over the eight corners of weight * features, plus `addend` unless its values
/// are null. `corners` and `weights` [points][8].
void interpolateCorners(
    Stream stream,
    Format format,
    const FeatureRows& voxels,
    const std::int32_t* corners,
    const float* weights,
    const FeatureRows& addend,
    const FeatureRows& points
);

/// Best class of each row of float32 logits, among equal ones the first, and its softmax
/// probability; then both for every point through `rowOf`.
void labelRows(
    Stream stream,
    const float* logits,
    std::int64_t rows,
    int classes,
    std::uint8_t* bestClass,
    float* bestShare
);
void spreadLabels(
    Stream stream,
    const std::uint8_t* bestClass,
    const float* bestShare,
    const std::int64_t* rowOf,
    std::int64_t points,
    std::uint8_t* classIds,
    float* confidence
);

/// points[v] = (b, x * pointSize / voxelSize, ...), each operation rounded.
void pointsOfVoxels(
    Stream stream,
    const std::int32_t* coords,
    std::int64_t rows,
    float pointSize,
    float voxelSize,
    float* points
);

/// The baseline's two passes: buffer[i] = features[from[i]], and sums[to[i]] += products[i] with
/// every `to` once. `width` values per row.
void gatherRows(
    Stream stream,
    Format format,
    const FeatureRows& features,
    const std::int32_t* from,
    const FeatureRows& buffer
);
void scatterAdd(
    Stream stream,
    Format format,
    const FeatureRows& products,
    const std::int32_t* to,
    float* sums,
    int columns
);

} // namespace siskin::gpu
