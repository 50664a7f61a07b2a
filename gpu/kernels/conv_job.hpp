// SPDX-License-Identifier: MIT
// What a convolution kernel is told. One layout of packed weights serves all formats: the inner
// dimension is cut into steps of 64 bytes (32 values of 16 bits, 16 of float32), the output
// channels into groups of 8; a group of one step is 512 bytes in the order in which the lanes of a
// warp need them (mma.cuh), groups of a step side by side, steps of a kernel offset one after the
// other.
#pragma once

#include "gpu/simt/stream.hpp"

namespace siskin::gpu {

using simt::Stream;

inline constexpr int kPieceBytes = 16; ///< of a row, moved at once
inline constexpr int kStepBytes = 64;  ///< of a row, in one step
inline constexpr int kPiecesPerStep = kStepBytes / kPieceBytes;
inline constexpr int kGroupColumns = 8; ///< output channels of one matrix instruction
inline constexpr int kGroupBytes = kGroupColumns * kStepBytes;

/// Rows to multiply and what with.
struct ConvOperand {
    const void* features = nullptr; ///< rows 16-byte aligned
    std::int64_t rowBytes = 0;
    int channelBytes = 0; ///< of a row that count
    int steps = 0;        ///< per kernel offset; of all offsets together when narrow
    const void* weights = nullptr;
};

/// What happens to a sum before it is written.
struct ConvEpilogue {
    const float* bias = nullptr;     ///< null or padded to whole groups
    const void* residual = nullptr;  ///< in the format of the features, or null
    std::int64_t residualStride = 0; ///< values between rows
    bool relu = false;
    void* out = nullptr;
    std::int64_t outStride = 0; ///< values between rows
    bool floatOut = false;      ///< else the format of the features
    int channels = 0;
};

struct ConvJob {
    ConvOperand main;
    ConvOperand projection;              ///< added through a 1x1x1 convolution of the same rows
    const std::int32_t* table = nullptr; ///< [volume][rows]; null: every row is its own input
    std::int32_t rows = 0;
    int volume = 1;
    /// Narrow: one row's channels fit into one piece, so a step takes four kernel offsets; needs no
    /// order and skips nothing.
    bool narrow = false;
    int splits = 1;                           ///< of the offsets, each of divideUp(volume, splits)
    const std::int32_t* order = nullptr;      ///< [splits][rows]; null: rows as they are
    const std::uint32_t* tileMasks = nullptr; ///< [splits][tiles of 64]; null: every offset
    int tiles = 0;                            ///< of 64 rows
    float* partial = nullptr; ///< [splits][rows][groups * 8] when there are several splits
    ConvEpilogue epilogue;

    /// A tile without any offset of a split writes no partial sums: `finishSums` is told to skip
    /// them.
    bool skipsEmpty = false;

    constexpr int groups() const { return (epilogue.channels + kGroupColumns - 1) / kGroupColumns; }
};

/// Number format of features and weights.
enum class Format { Float16, BFloat16, TensorFloat32 };

/// Rows and columns of the output that a block of threads computes.
struct TileShape {
    int rows = 64;    ///< 64 or 128
    int columns = 64; ///< 32, 64, 96 or 128
};

/// Implicit GEMM over tiles of output rows on tensor cores, all splits in one launch; then, where
/// there are several, their sums in order.
void convolveTiles(Stream stream, Format format, const TileShape& shape, const ConvJob& job);

/// The same from float32 features and plain weights [volume][in][out] in float32 arithmetic: to
/// check with. `partial`, splits, order and tile masks are not used.
void convolveExact(Stream stream, const ConvJob& job);

/// Adds `parts` sums [parts][rows][columns] in order and applies the epilogue. Where `masks` (one
/// word per row) is given, part p of a row counts only if one of its bits p * bits .. is set, or
/// p is `always`.
struct PartialSums {
    const float* sums = nullptr;
    int parts = 1;
    int columns = 0;
    const std::uint32_t* masks = nullptr;
    int bits = 0;
    int always = -1;
};

void finishSums(
    Stream stream,
    Format format,
    const PartialSums& sums,
    std::int64_t rows,
    const ConvEpilogue& epilogue
);

/// Bytes of shared memory that a block of `convolveTiles` takes.
std::size_t sharedBytesOf(const TileShape& shape, int offsetsPerSplit);

} // namespace siskin::gpu
