// SPDX-License-Identifier: MIT
#include "gpu/kernels/points_furthest.hpp"
#include "gpu/kernels/points_layout.cuh"

namespace siskin::gpu {

namespace {

constexpr float kFurthest = 1e38F;
constexpr unsigned kPeriod = 512; ///< threads of the published scan
constexpr unsigned kMostWarps = 32;
constexpr unsigned kRowBits = 21; ///< of index / kPeriod
constexpr std::int64_t kRegisterPoints = 8192;
constexpr unsigned kManyThreads = 1024; ///< of a block that keeps its distances in memory
constexpr unsigned kBatch = 4;

/// A point that may be the next. Distances are 0 or more, or -1 for no point, so that their bits
/// order as integers.
struct Candidate {
    int distance;
    unsigned rank;
};

/// The furthest of a thread's points, of equally far ones the first.
struct Furthest {
    float distance = -1.0F;
    unsigned point = 0;

    __device__ void offer(float other, unsigned otherPoint) {
        if (other > distance) {
            distance = other;
            point = otherPoint;
        }
    }
};

/// Orders points by (index mod kPeriod, index): of equally far ones the lowest rank is taken.
__device__ inline unsigned rankOf(unsigned index) {
    return (index % kPeriod) << kRowBits | index / kPeriod;
}

__device__ inline unsigned indexOf(unsigned rank) {
    return (rank & ((1U << kRowBits) - 1)) * kPeriod + (rank >> kRowBits);
}

__device__ inline Candidate bestOfWarp(const Candidate& mine) {
    const int distance = __reduce_max_sync(simt::kAllLanes, mine.distance);
    const unsigned rank = mine.distance == distance ? mine.rank : ~0U;
    return {distance, __reduce_min_sync(simt::kAllLanes, rank)};
}

/// Index of the best of the block. `slots` [2][kMostWarps] in turn, so that one barrier is enough:
/// nobody writes a half again before all have passed the next round's barrier.
__device__ inline unsigned bestOfBlock(const Furthest& mine, Candidate* slots, unsigned round) {
    const unsigned lane = threadIdx.x % simt::kWarp;
    Candidate* const half = slots + round % 2 * kMostWarps;
    const Candidate best = bestOfWarp({__float_as_int(mine.distance), rankOf(mine.point)});
    if (lane == 0) {
        half[threadIdx.x / simt::kWarp] = best;
    }
    __syncthreads();
    const bool hasWarp = lane < blockDim.x / simt::kWarp;
    return indexOf(bestOfWarp(half[hasWarp ? lane : 0]).rank);
}

/// Which point of the cloud is the i-th of a thread: in rank order within each thread, so that the
/// first of equally far ones is the right one.
template <unsigned Threads, unsigned PerThread>
__device__ inline unsigned pointOf(unsigned i) {
    static_assert(kPeriod % Threads == 0 && PerThread % (kPeriod / Threads) == 0);
    constexpr unsigned kRows = PerThread / (kPeriod / Threads);
    return i / kRows * Threads + i % kRows * kPeriod + threadIdx.x;
}

/// Coordinates and distances in registers; a copy of the coordinates in shared memory, where all
/// threads read those of the last choice.
template <unsigned Threads, unsigned PerThread>
__global__ void __launch_bounds__(Threads)
    registerKernel(ColumnSource coords, unsigned points, std::int64_t count, std::int32_t* chosen) {
    __shared__ Candidate slots[2 * kMostWarps];
    auto* const shared = reinterpret_cast<Position*>(simt::dynamicShared());
    const std::int64_t cloud = blockIdx.x;
    Position at[PerThread];
    float nearest[PerThread];
#pragma unroll
    for (unsigned i = 0; i < PerThread; ++i) {
        const unsigned point = pointOf<Threads, PerThread>(i);
        nearest[i] = point < points ? kFurthest : -1.0F; // no distance is below -1
        at[i] = point < points ? positionAt(coords, cloud, point) : Position{0.0F, 0.0F, 0.0F};
        if (point < points) {
            shared[point] = at[i];
        }
    }
    __syncthreads();
    unsigned last = 0;
    if (threadIdx.x == 0) {
        chosen[cloud * count] = 0;
    }
    for (std::int64_t k = 1; k < count; ++k) {
        const Position centre = shared[last];
        Furthest best;
#pragma unroll
        for (unsigned i = 0; i < PerThread; ++i) {
            const float distance = squaredDistance(at[i], centre);
            nearest[i] = distance < nearest[i] ? distance : nearest[i];
            best.offer(nearest[i], pointOf<Threads, PerThread>(i));
        }
        last = bestOfBlock(best, slots, static_cast<unsigned>(k));
        if (threadIdx.x == 0) {
            chosen[cloud * count + k] = static_cast<std::int32_t>(last);
        }
    }
}

/// Any number of points, distances in memory. kManyThreads is a multiple of kPeriod, so a thread
/// meets its points in rank order.
__global__ void __launch_bounds__(kManyThreads, 1) memoryKernel(
    ColumnSource coords,
    std::int64_t points,
    std::int64_t count,
    float* nearest,
    std::int32_t* chosen
) {
    __shared__ Candidate slots[2 * kMostWarps];
    const std::int64_t cloud = blockIdx.x;
    float* const mine = nearest + cloud * points;
    unsigned last = 0;
    if (threadIdx.x == 0) {
        chosen[cloud * count] = 0;
    }
    for (std::int64_t k = 1; k < count; ++k) {
        const Position centre = positionAt(coords, cloud, last);
        Furthest best;
        for (std::int64_t first = threadIdx.x; first < points; first += kBatch * kManyThreads) {
            Position at[kBatch]; // all on their way before the first store
            float before[kBatch];
#pragma unroll
            for (unsigned s = 0; s < kBatch; ++s) {
                const std::int64_t i = first + s * kManyThreads;
                const std::int64_t place = i < points ? i : first;
                at[s] = positionAt(coords, cloud, place);
                before[s] = k == 1 ? kFurthest : mine[place];
            }
#pragma unroll
            for (unsigned s = 0; s < kBatch; ++s) {
                const std::int64_t i = first + s * kManyThreads;
                const float distance = squaredDistance(at[s], centre);
                const float after = distance < before[s] ? distance : before[s];
                if (i < points) {
                    mine[i] = after;
                    best.offer(after, static_cast<unsigned>(i));
                }
            }
        }
        last = bestOfBlock(best, slots, static_cast<unsigned>(k));
        if (threadIdx.x == 0) {
            chosen[cloud * count + k] = static_cast<std::int32_t>(last);
        }
    }
}

template <unsigned Threads, unsigned PerThread>
void launchRegisters(
    Stream stream,
    const ColumnSource& coords,
    std::int64_t clouds,
    std::int64_t points,
    std::int64_t count,
    std::int32_t* chosen
) {
    const simt::LaunchShape shape{
        .blocksX = static_cast<unsigned>(clouds),
        .threads = Threads,
        .sharedBytes = static_cast<std::size_t>(points) * sizeof(Position)};
    simt::launch(
        stream,
        shape,
        registerKernel<Threads, PerThread>,
        coords,
        static_cast<unsigned>(points),
        count,
        chosen
    );
}

} // namespace

bool needsNearest(std::int64_t points) {
    return points > kRegisterPoints;
}

void findFurthest(
    Stream stream,
    const ColumnSource& coords,
    std::int64_t clouds,
    std::int64_t points,
    std::int64_t count,
    float* nearest,
    std::int32_t* chosen
) {
    // Few warps with many points each: what a choice costs beside its distances is paid per warp.
    if (points <= 512) {
        launchRegisters<128, 4>(stream, coords, clouds, points, count, chosen);
    } else if (points <= 1024) {
        launchRegisters<256, 4>(stream, coords, clouds, points, count, chosen);
    } else if (points <= 2048) {
        launchRegisters<256, 8>(stream, coords, clouds, points, count, chosen);
    } else if (points <= 4096) {
        launchRegisters<256, 16>(stream, coords, clouds, points, count, chosen);
    } else if (points <= kRegisterPoints) {
        launchRegisters<512, 16>(stream, coords, clouds, points, count, chosen);
    } else {
        const simt::LaunchShape shape{
            .blocksX = static_cast<unsigned>(clouds), .threads = kManyThreads};
        simt::launch(stream, shape, memoryKernel, coords, points, count, nearest, chosen);
    }
}

} // namespace siskin::gpu
