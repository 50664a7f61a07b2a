// SPDX-License-Identifier: MIT
// The product's central kernel: a tile of output rows stays in registers while the kernel offsets
// that its rows need go by; input rows are fetched straight from where they lie (no gather buffer),
// weights arrive in the order of the matrix instructions. See conv_job.hpp for the data.
#pragma once

#include "gpu/kernels/conv_epilogue.cuh"
#include "gpu/kernels/conv_job.hpp"
#include "gpu/simt/mma.cuh"

namespace siskin::gpu {

inline constexpr int kStages = 4;    ///< steps in shared memory at once
inline constexpr int kWarpRows = 32; ///< of the tile, per warp
inline constexpr int kWarpsAcross = 2;

/// Threads of a block: a warp for 32 rows and half of the columns.
constexpr unsigned threadsOf(int rows) {
    return static_cast<unsigned>(rows / kWarpRows * kWarpsAcross) * simt::kWarp;
}

/// Where piece `piece` of tile row `row` is in shared memory. Eight rows of one piece lie in
/// different banks, which is what `loadBlocks` reads at once.
__device__ inline int pieceOffset(int row, int piece) {
    return row * kStepBytes + ((piece ^ ((row >> 1) & 3)) * kPieceBytes);
}

/// The offsets of a split that a tile needs, walked step by step.
class StepCursor {
  public:
    __device__ StepCursor(const ConvJob& job, std::uint32_t mask, int firstOffset)
        : job_(job), mask_(mask), firstOffset_(firstOffset) {}

    /// Where the weights of the current step start, in steps.
    __device__ std::int64_t weightStep() const {
        if (inProjection_ || job_.narrow) {
            return step_;
        }
        const int offset = firstOffset_ + __ffs(static_cast<int>(mask_)) - 1;
        return static_cast<std::int64_t>(offset) * job_.main.steps + step_;
    }

    __device__ bool inProjection() const { return inProjection_; }

    __device__ int step() const { return step_; }

    __device__ int ordinal() const { return ordinal_; } ///< of the offset among those needed

    __device__ void advance() {
        ++step_;
        if (inProjection_ || step_ < job_.main.steps) {
            return;
        }
        step_ = 0;
        ++ordinal_;
        mask_ &= mask_ - 1;
        inProjection_ = job_.narrow || mask_ == 0;
    }

    /// Starts in the projection where there is nothing else.
    __device__ void begin() { inProjection_ = !job_.narrow && mask_ == 0; }

  private:
    const ConvJob& job_;
    std::uint32_t mask_;
    int firstOffset_;
    int step_ = 0;
    int ordinal_ = 0;
    bool inProjection_ = false;
};

template <typename T, int Rows, int Columns>
struct ConvTile {
    static constexpr int kThreads = static_cast<int>(threadsOf(Rows));
    static constexpr int kWarpColumns = Columns / kWarpsAcross;
    static constexpr int kWarpGroups = kWarpColumns / kGroupColumns;
    static constexpr int kRowBlocks = kWarpRows / 16;
    static constexpr int kStageBytes = (Rows + Columns) * kStepBytes;

    using Sums = float[kRowBlocks][kWarpGroups][4];

    /// Begins the copies of one step: the tile's rows of input, and weights.
    __device__ static void fetch(
        const ConvJob& job,
        const StepCursor& at,
        const std::int32_t* rowOf,
        const std::int32_t* inputs,
        unsigned char* stage
    ) {
        const ConvOperand& operand = at.inProjection() ? job.projection : job.main;
        const auto* features = static_cast<const unsigned char*>(operand.features);
        SISKIN_UNROLL
        for (int i = static_cast<int>(threadIdx.x); i < Rows * kPiecesPerStep; i += kThreads) {
            const int row = i / kPiecesPerStep;
            const int piece = i % kPiecesPerStep;
            const bool narrow = job.narrow && !at.inProjection();
            const int offset = at.step() * kPiecesPerStep + piece; // of a narrow step
            const std::int32_t input = at.inProjection()     ? rowOf[row]
                                       : !narrow             ? inputs[at.ordinal() * Rows + row]
                                       : offset < job.volume ? inputs[offset * Rows + row]
                                                             : -1;
            const int first = narrow ? 0 : offset * kPieceBytes;
            const int left = operand.channelBytes - first;
            const int bytes =
                input < 0 || left <= 0 ? 0 : (left < kPieceBytes ? left : kPieceBytes);
            const auto* from = bytes == 0 ? features : features + input * operand.rowBytes + first;
            simt::copyAsync16(stage + pieceOffset(row, piece), from, bytes);
        }
        const int firstGroup = static_cast<int>(blockIdx.y) * (Columns / kGroupColumns);
        const int groups = job.groups();
        const auto* weights = static_cast<const unsigned char*>(operand.weights) +
                              (at.weightStep() * groups + firstGroup) * kGroupBytes;
        SISKIN_UNROLL
        for (int i = static_cast<int>(threadIdx.x); i < Columns * kPiecesPerStep; i += kThreads) {
            const bool exists = firstGroup + i * kPieceBytes / kGroupBytes < groups;
            const auto* from = exists ? weights + i * kPieceBytes
                                      : static_cast<const unsigned char*>(operand.weights);
            simt::copyAsync16(
                stage + Rows * kStepBytes + i * kPieceBytes, from, exists ? kPieceBytes : 0
            );
        }
    }

    /// Multiplies what one step brought.
    __device__ static void multiply(const unsigned char* stage, Sums& sums) {
        const int lane = static_cast<int>(threadIdx.x % simt::kWarp);
        const int warp = static_cast<int>(threadIdx.x / simt::kWarp);
        const int firstRow = warp / kWarpsAcross * kWarpRows;
        const int firstGroup = warp % kWarpsAcross * kWarpGroups;
        std::uint32_t a[2][kRowBlocks][4];
        SISKIN_UNROLL
        for (int half = 0; half < 2; ++half) {
            SISKIN_UNROLL
            for (int block = 0; block < kRowBlocks; ++block) {
                // Lanes 0-7 name rows 0-7, 8-15 rows 8-15, 16-31 the same rows' next piece.
                const int row = firstRow + block * 16 + lane % 16;
                const int piece = 2 * half + lane / 16;
                simt::loadBlocks(a[half][block], stage + pieceOffset(row, piece));
            }
        }
        const auto* weights = reinterpret_cast<const std::uint32_t*>(stage + Rows * kStepBytes);
        SISKIN_UNROLL
        for (int group = 0; group < kWarpGroups; ++group) {
            const auto* words = weights + ((firstGroup + group) * 32 + lane) * 4;
            const std::uint32_t b[2][2] = {{words[0], words[1]}, {words[2], words[3]}};
            SISKIN_UNROLL
            for (int half = 0; half < 2; ++half) {
                SISKIN_UNROLL
                for (int block = 0; block < kRowBlocks; ++block) {
                    simt::multiplyAdd<T>(sums[block][group], a[half][block], b[half]);
                }
            }
        }
    }

    __device__ static void
    write(const ConvJob& job, const std::int32_t* rowOf, const Sums& sums, int split) {
        const int lane = static_cast<int>(threadIdx.x % simt::kWarp);
        const int warp = static_cast<int>(threadIdx.x / simt::kWarp);
        const int firstRow = warp / kWarpsAcross * kWarpRows;
        const int firstColumn = static_cast<int>(blockIdx.y) * Columns +
                                warp % kWarpsAcross * kWarpColumns + 2 * (lane % 4);
        const int columns = job.groups() * kGroupColumns;
        SISKIN_UNROLL
        for (int block = 0; block < kRowBlocks; ++block) {
            SISKIN_UNROLL
            for (int part = 0; part < 2; ++part) {
                const std::int32_t row = rowOf[firstRow + block * 16 + part * 8 + lane / 4];
                SISKIN_UNROLL
                for (int group = 0; group < kWarpGroups; ++group) {
                    const int column = firstColumn + group * kGroupColumns;
                    const float pair[2] = {
                        sums[block][group][2 * part], sums[block][group][2 * part + 1]};
                    if (row < 0 || column >= columns) {
                        continue;
                    }
                    if (job.splits > 1) {
                        float* const to =
                            job.partial +
                            (static_cast<std::int64_t>(split) * job.rows + row) * columns + column;
                        to[0] = pair[0];
                        to[1] = pair[1];
                    } else {
                        finishPair<T>(job.epilogue, row, column, pair);
                    }
                }
            }
        }
    }
};

/// Grid: tiles of rows, tiles of columns, splits.
template <typename T, int Rows, int Columns>
__global__ void __launch_bounds__(threadsOf(Rows)) convolveTileKernel(ConvJob job) {
    using Tile = ConvTile<T, Rows, Columns>;
    const int split = static_cast<int>(blockIdx.z);
    const int perSplit = (job.volume + job.splits - 1) / job.splits;
    const int firstOffset = split * perSplit;
    const int tile = static_cast<int>(blockIdx.x) * (Rows / 64);
    const int offsets = job.volume - firstOffset < perSplit ? job.volume - firstOffset : perSplit;
    std::uint32_t mask = offsets >= 32 ? ~0U : (1U << offsets) - 1;
    if (job.tileMasks != nullptr) {
        const auto* masks = job.tileMasks + split * job.tiles;
        mask = masks[tile] | (Rows > 64 && tile + 1 < job.tiles ? masks[tile + 1] : 0U);
    }
    const bool projects = job.projection.features != nullptr && split == job.splits - 1;
    if (mask == 0 && !projects && job.skipsEmpty) {
        return;
    }
    auto* const rowOf = reinterpret_cast<std::int32_t*>(simt::dynamicShared());
    auto* const inputs = rowOf + Rows;
    auto* const stages =
        reinterpret_cast<unsigned char*>(inputs + (job.table == nullptr ? 1 : perSplit) * Rows);
    for (int r = static_cast<int>(threadIdx.x); r < Rows; r += Tile::kThreads) {
        const std::int64_t at = static_cast<std::int64_t>(blockIdx.x) * Rows + r;
        const bool exists = at < job.rows;
        const auto* order = job.order == nullptr
                                ? nullptr
                                : job.order + static_cast<std::int64_t>(split) * job.rows;
        rowOf[r] = !exists ? -1 : (order == nullptr ? static_cast<std::int32_t>(at) : order[at]);
    }
    __syncthreads();
    const int needed = job.narrow ? job.volume : __popc(mask);
    std::uint32_t rest = mask;
    for (int ordinal = 0; ordinal < needed; ++ordinal) {
        const int offset = job.narrow ? ordinal : firstOffset + __ffs(static_cast<int>(rest)) - 1;
        rest &= rest - 1;
        for (int r = static_cast<int>(threadIdx.x); r < Rows; r += Tile::kThreads) {
            const std::int32_t row = rowOf[r];
            inputs[ordinal * Rows + r] =
                row < 0 || job.table == nullptr
                    ? row
                    : job.table[static_cast<std::int64_t>(offset) * job.rows + row];
        }
    }
    __syncthreads();

    const int mainSteps = job.narrow ? job.main.steps : needed * job.main.steps;
    const int steps = mainSteps + (projects ? job.projection.steps : 0);
    StepCursor next(job, mask, firstOffset);
    next.begin();
    for (int s = 0; s < kStages - 1; ++s) {
        if (s < steps) {
            Tile::fetch(job, next, rowOf, inputs, stages + s * Tile::kStageBytes);
            next.advance();
        }
        simt::commitCopies();
    }
    typename Tile::Sums sums = {};
    for (int s = 0; s < steps; ++s) {
        simt::waitCopies<kStages - 2>();
        __syncthreads(); // all have what they copied, and nobody reads the stage filled next
        const int ahead = s + kStages - 1;
        if (ahead < steps) {
            Tile::fetch(job, next, rowOf, inputs, stages + ahead % kStages * Tile::kStageBytes);
            next.advance();
        }
        simt::commitCopies();
        Tile::multiply(stages + s % kStages * Tile::kStageBytes, sums);
    }
    simt::waitCopies<0>();
    Tile::write(job, rowOf, sums, split);
}

/// Starts the kernel of one format.
template <typename T>
void launchTiles(Stream stream, const TileShape& shape, const ConvJob& job) {
    const auto start = [&](auto kernel) {
        const int perSplit = job.table == nullptr ? 1 : (job.volume + job.splits - 1) / job.splits;
        const simt::LaunchShape grid{
            .blocksX = static_cast<unsigned>(simt::divideUp(job.rows, shape.rows)),
            .blocksY =
                static_cast<unsigned>(simt::divideUp(job.groups() * kGroupColumns, shape.columns)),
            .blocksZ = static_cast<unsigned>(job.splits),
            .threads = threadsOf(shape.rows),
            .sharedBytes = sharedBytesOf(shape, perSplit)};
        simt::launch(stream, grid, kernel, job);
    };
    const bool tall = shape.rows == 128;
    switch (shape.columns) {
    case 32:
        return tall ? start(convolveTileKernel<T, 128, 32>) : start(convolveTileKernel<T, 64, 32>);
    case 64:
        return tall ? start(convolveTileKernel<T, 128, 64>) : start(convolveTileKernel<T, 64, 64>);
    case 96:
        return tall ? start(convolveTileKernel<T, 128, 96>) : start(convolveTileKernel<T, 64, 96>);
    default:
        return tall ? start(convolveTileKernel<T, 128, 128>)
                    : start(convolveTileKernel<T, 64, 128>);
    }
}

} // namespace siskin::gpu
