// SPDX-License-Identifier: MIT
#include "gpu/kernels/row_order.hpp"
#include "gpu/simt/simt.cuh"

#include <algorithm>

namespace siskin::gpu {

namespace {

using simt::kAllLanes;
using simt::kWarp;
using simt::launch;

constexpr unsigned kThreads = 256;
constexpr int kWarps = kThreads / kWarp;
constexpr int kRowsPerWarp = 256;
constexpr int kRowsPerBlock = kWarps * kRowsPerWarp;
constexpr int kDigits = 1 << kDigitBits;

/// One lane in one pass of the sort.
struct PassLane {
    const std::uint32_t* masks;
    const std::int32_t* from; ///< null: rows in their own order
    std::int32_t* to;
    std::int32_t rows;
    std::int32_t firstBit; ///< of this pass's digit
    std::int32_t bits;
    std::int32_t counts; ///< where the lane's counters start
    std::int32_t before; ///< rows of the lanes before it
};

struct Pass {
    PassLane lane[kMostLanes];
    int count = 0;
    int counters = 0;
    int blocks = 0; ///< of the longest lane
};

__device__ inline std::uint32_t
bitsOf(const std::uint32_t* masks, std::int64_t rows, std::int64_t row, int first, int count) {
    const int word = first / 32;
    const int shift = first % 32;
    std::uint32_t bits = masks[word * rows + row] >> shift;
    if (shift + count > 32) {
        bits |= masks[(word + 1) * rows + row] << (32 - shift);
    }
    return bits & ((1U << count) - 1);
}

__global__ void masksKernel(MaskJobs jobs, unsigned long long* pairs) {
    const auto& job = jobs.job[blockIdx.y];
    const std::int64_t row = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    int count = 0;
    if (row < job.rows) {
        std::uint32_t mask = 0;
        for (int k = 0; k < job.volume; ++k) {
            const bool has = job.table[static_cast<std::int64_t>(k) * job.rows + row] >= 0;
            mask |= (has ? 1U : 0U) << (k % 32);
            if (k % 32 == 31 || k == job.volume - 1) {
                job.masks[static_cast<std::int64_t>(k / 32) * job.rows + row] = mask;
                count += __popc(mask);
                mask = 0;
            }
        }
    }
    for (int by = 16; by > 0; by /= 2) {
        count += __shfl_xor_sync(kAllLanes, count, by);
    }
    if (threadIdx.x % kWarp == 0 && count > 0) {
        atomicAdd(pairs + blockIdx.y, static_cast<unsigned long long>(count));
    }
}

__device__ inline std::uint32_t digitAt(const PassLane& lane, std::int64_t i) {
    const std::int64_t row = lane.from == nullptr ? i : lane.from[i];
    return bitsOf(lane.masks, lane.rows, row, lane.firstBit, lane.bits);
}

__device__ inline int blocksOf(const PassLane& lane) {
    return (lane.rows + kRowsPerBlock - 1) / kRowsPerBlock;
}

/// How often each digit occurs in each block of rows: counts[digit][block].
__global__ void countKernel(Pass pass, std::int32_t* counts) {
    __shared__ std::int32_t histogram[kDigits];
    const auto& lane = pass.lane[blockIdx.y];
    const int blocks = blocksOf(lane);
    if (static_cast<int>(blockIdx.x) >= blocks) {
        return;
    }
    for (unsigned d = threadIdx.x; d < kDigits; d += kThreads) {
        histogram[d] = 0;
    }
    __syncthreads();
    const std::int64_t first = static_cast<std::int64_t>(blockIdx.x) * kRowsPerBlock;
    for (int i = static_cast<int>(threadIdx.x); i < kRowsPerBlock; i += kThreads) {
        if (first + i < lane.rows) {
            atomicAdd(&histogram[digitAt(lane, first + i)], 1);
        }
    }
    __syncthreads();
    for (unsigned d = threadIdx.x; d < kDigits; d += kThreads) {
        counts[lane.counts + static_cast<int>(d) * blocks + static_cast<int>(blockIdx.x)] =
            histogram[d];
    }
}

/// `starts`: the exclusive sum of all counters. Warps own consecutive rows and each row's place is
/// told by rows before it alone, so the sort is stable.
__global__ void scatterKernel(Pass pass, const std::int32_t* starts) {
    __shared__ std::int32_t next[kWarps][kDigits];
    const auto& lane = pass.lane[blockIdx.y];
    const int blocks = blocksOf(lane);
    if (static_cast<int>(blockIdx.x) >= blocks) {
        return;
    }
    const unsigned warp = threadIdx.x / kWarp;
    const unsigned own = threadIdx.x % kWarp;
    for (unsigned d = threadIdx.x; d < kDigits; d += kThreads) {
        for (auto& counter : next) {
            counter[d] = 0;
        }
    }
    __syncthreads();
    const std::int64_t first =
        static_cast<std::int64_t>(blockIdx.x) * kRowsPerBlock + warp * kRowsPerWarp;
    for (int i = static_cast<int>(own); i < kRowsPerWarp; i += kWarp) {
        if (first + i < lane.rows) {
            atomicAdd(&next[warp][digitAt(lane, first + i)], 1);
        }
    }
    __syncthreads();
    for (unsigned d = threadIdx.x; d < kDigits; d += kThreads) {
        std::int32_t place =
            starts[lane.counts + static_cast<int>(d) * blocks + static_cast<int>(blockIdx.x)] -
            lane.before;
        for (auto& counter : next) {
            const std::int32_t count = counter[d];
            counter[d] = place;
            place += count;
        }
    }
    __syncthreads();
    for (int i = static_cast<int>(own); i < kRowsPerWarp; i += kWarp) {
        const bool exists = first + i < lane.rows;
        const std::uint32_t digit = exists ? digitAt(lane, first + i) : kDigits;
        const unsigned same = __match_any_sync(kAllLanes, digit);
        const unsigned before = same & ((1U << own) - 1);
        const int place = exists ? next[warp][digit] + __popc(before) : 0;
        __syncwarp();
        if (exists) {
            lane.to[place] =
                lane.from == nullptr ? static_cast<std::int32_t>(first + i) : lane.from[first + i];
            if (before == 0) {
                next[warp][digit] += __popc(same);
            }
        }
        __syncwarp();
    }
}

/// A warp for two tiles.
__global__ void tilesKernel(OrderLanes lanes) {
    const auto& lane = lanes.lane[blockIdx.y];
    const std::int64_t pair = static_cast<std::int64_t>(blockIdx.x) * kWarps + threadIdx.x / kWarp;
    const std::int64_t first = pair * 2 * kTileRows;
    if (first >= lane.rows) {
        return;
    }
    std::uint32_t masks[2] = {0, 0};
    for (int tile = 0; tile < 2; ++tile) {
        for (int i = static_cast<int>(threadIdx.x % kWarp); i < kTileRows; i += kWarp) {
            const std::int64_t at = first + tile * kTileRows + i;
            if (at < lane.rows) {
                masks[tile] |=
                    bitsOf(lane.masks, lane.rows, lane.order[at], lane.firstBit, lane.bits);
            }
        }
        for (int by = 16; by > 0; by /= 2) {
            masks[tile] |= __shfl_xor_sync(kAllLanes, masks[tile], by);
        }
    }
    if (threadIdx.x % kWarp == 0) {
        lane.tileMasks[2 * pair] = masks[0];
        if (first + kTileRows < lane.rows) {
            lane.tileMasks[2 * pair + 1] = masks[1];
        }
        atomicAdd(lane.work, __popc(masks[0]) + __popc(masks[1]));
        atomicAdd(lane.work + 1, __popc(masks[0] | masks[1]));
    }
}

/// Pass `number` of those lanes that have so many digits.
Pass makePass(const OrderLanes& lanes, int number) {
    Pass pass;
    std::int32_t rows = 0;
    for (int i = 0; i < lanes.count; ++i) {
        const auto& lane = lanes.lane[i];
        const int done = number * kDigitBits;
        if (lane.bits <= done || lane.rows == 0) {
            continue;
        }
        // The last pass must end in `order`.
        const int passesAfter = (lane.bits - 1) / kDigitBits - number;
        std::int32_t* const to = passesAfter % 2 == 0 ? lane.order : lane.spare;
        std::int32_t* const from = passesAfter % 2 == 0 ? lane.spare : lane.order;
        const int blocks = static_cast<int>(simt::divideUp(lane.rows, kRowsPerBlock));
        pass.lane[pass.count++] = {
            lane.masks,
            number == 0 ? nullptr : from,
            to,
            lane.rows,
            lane.firstBit + done,
            std::min(lane.bits - done, kDigitBits),
            pass.counters,
            rows};
        pass.counters += kDigits * blocks;
        pass.blocks = std::max(pass.blocks, blocks);
        rows += lane.rows;
    }
    return pass;
}

} // namespace

void findMasks(Stream stream, const MaskJobs& jobs, unsigned long long* pairs) {
    std::int32_t rows = 0;
    for (int i = 0; i < jobs.count; ++i) {
        rows = std::max(rows, jobs.job[i].rows);
    }
    auto shape = simt::shapeFor(rows);
    shape.blocksY = static_cast<unsigned>(jobs.count);
    launch(stream, shape, masksKernel, jobs, pairs);
}

void sortRows(Stream stream, const OrderLanes& lanes, const simt::Scratch& scratch) {
    constexpr int kPasses = (kSplitBits + kDigitBits - 1) / kDigitBits;
    for (int number = 0; number < kPasses; ++number) {
        const Pass pass = makePass(lanes, number);
        if (pass.count == 0) {
            break;
        }
        const auto bytes = static_cast<std::size_t>(pass.counters) * sizeof(std::int32_t);
        auto* const counts = static_cast<std::int32_t*>(scratch(bytes));
        auto* const starts = static_cast<std::int32_t*>(scratch(bytes));
        const simt::LaunchShape shape{
            .blocksX = static_cast<unsigned>(pass.blocks),
            .blocksY = static_cast<unsigned>(pass.count),
            .threads = kThreads};
        launch(stream, shape, countKernel, pass, counts);
        simt::exclusiveSum(stream, counts, starts, pass.counters, scratch);
        launch(stream, shape, scatterKernel, pass, starts);
    }
    std::int32_t rows = 0;
    for (int i = 0; i < lanes.count; ++i) {
        rows = std::max(rows, lanes.lane[i].rows);
    }
    const simt::LaunchShape shape{
        .blocksX = static_cast<unsigned>(simt::divideUp(rows, 2 * kTileRows * kWarps)),
        .blocksY = static_cast<unsigned>(lanes.count),
        .threads = kThreads};
    launch(stream, shape, tilesKernel, lanes);
}

} // namespace siskin::gpu
