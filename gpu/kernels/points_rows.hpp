// SPDX-License-Identifier: MIT
// Rows picked by index, blended and grouped, and what a dense convolution leaves to do. Results are
// [cloud][row][channel].
#pragma once

#include "gpu/kernels/points_layout.hpp"

namespace siskin::gpu {

/// Which rows are wanted. An index outside [0, points) counts as 0 and sets `outside` to 1.
struct RowChoice {
    const std::int32_t* index; ///< [clouds][rows]
    std::int64_t clouds;
    std::int64_t rows;   ///< per cloud
    std::int64_t points; ///< per cloud of the source
    std::int32_t* outside;
};

/// out[cloud][row] = the chosen row.
void gatherPoints(
    Stream stream,
    const RowSource& features,
    std::int64_t channels,
    const RowChoice& choice,
    float* out
);

/// Rows of [neighbour xyz - centre xyz, the neighbour's features]: 3 + `channels` values, for
/// `choice.rows` = centres * neighbours. `features` may be empty with 0 channels.
void groupPoints(
    Stream stream,
    const ColumnSource& coords,
    const ColumnSource& centres,
    std::int64_t neighbours,
    const RowSource& features,
    std::int64_t channels,
    const RowChoice& choice,
    float* out
);

/// Three chosen rows for each of the results, times weight [clouds][rows / 3][3], added in order.
void blendThreePoints(
    Stream stream,
    const RowSource& features,
    std::int64_t channels,
    const RowChoice& choice,
    const float* weight,
    float* out
);

/// In place: values[row][c] * scale[c] + shift[c] (a null scale is 1), then times `negativeSlope`
/// where that is negative.
void finishConvolution(
    Stream stream,
    float* values,
    std::int64_t rows,
    std::int64_t channels,
    const float* scale,
    const float* shift,
    float negativeSlope
);

/// Parts that `averageRows` sums up first.
std::int64_t partsOfMeans(std::int64_t rows);

/// means[cloud][c] = mean of [cloud][rows][c] over the rows, summed in float64 in an order that
/// depends on the shape alone. `partial` [clouds][partsOfMeans(rows)][channels].
void averageRows(
    Stream stream,
    const float* values,
    std::int64_t clouds,
    std::int64_t rows,
    std::int64_t channels,
    double* partial,
    float* means
);

} // namespace siskin::gpu
