// SPDX-License-Identifier: MIT
#include "gpu/kernels/points_layout.cuh"
#include "gpu/kernels/points_search.hpp"

namespace siskin::gpu {

namespace {

using simt::kAllLanes;
using simt::kWarp;

constexpr int kBatch = 4; ///< points per lane that are under way at a time
constexpr std::int64_t kStep = std::int64_t{kBatch} * kWarp;
constexpr unsigned kThreads = 128;
constexpr unsigned kTooFar = 0x7FFFFFFF; ///< above the bits of every distance, infinity included

__device__ inline std::int64_t globalThread() {
    return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}

__device__ inline unsigned laneBelowMask(unsigned lane) {
    return (1U << lane) - 1;
}

/// One warp per query, 32 points at a time in index order.
__global__ void __launch_bounds__(kThreads) withinKernel(
    ColumnSource coords,
    ColumnSource centres,
    SearchSize size,
    float squaredRadius,
    std::int64_t count,
    std::int32_t* hits
) {
    const std::int64_t query = globalThread() / kWarp;
    const unsigned lane = threadIdx.x % kWarp;
    if (query >= size.clouds * size.queries) {
        return;
    }
    const std::int64_t cloud = query / size.queries;
    const Position centre = positionAt(centres, cloud, query % size.queries);
    std::int32_t* const mine = hits + query * count;
    std::int64_t found = 0;
    std::int32_t first = 0;
    for (std::int64_t base = 0; base < size.points && found < count; base += kStep) {
        unsigned votes[kBatch];
#pragma unroll
        for (int s = 0; s < kBatch; ++s) {
            const std::int64_t point = base + s * std::int64_t{kWarp} + lane;
            const bool exists = point < size.points;
            const Position at = positionAt(coords, cloud, exists ? point : 0);
            const bool hit = exists && squaredDistance(centre, at) < squaredRadius;
            votes[s] = __ballot_sync(kAllLanes, hit ? 1 : 0);
        }
#pragma unroll
        for (int s = 0; s < kBatch; ++s) {
            const auto start = static_cast<std::int32_t>(base + s * std::int64_t{kWarp});
            if (found == 0 && votes[s] != 0) {
                first = start + __ffs(static_cast<int>(votes[s])) - 1;
            }
            const std::int64_t place = found + __popc(votes[s] & laneBelowMask(lane));
            if ((votes[s] >> lane & 1U) != 0 && place < count) {
                mine[place] = start + static_cast<std::int32_t>(lane);
            }
            found += __popc(votes[s]);
        }
    }
    for (std::int64_t place = found + lane; place < count; place += kWarp) {
        mine[place] = first;
    }
}

/// The nearest points of a warp's query, sorted: entry lane * PerLane + i lies in register i of a
/// lane. Distances are the bits of floats that are not negative, which order as integers. A list
/// shorter than the warp's registers stands at their end, behind zeros, which nothing displaces.
template <int PerLane>
struct NearestList {
    static constexpr int kEntries = PerLane * static_cast<int>(kWarp);
    unsigned distance[PerLane];
    std::int32_t index[PerLane];

    __device__ void clear(std::int64_t count, unsigned lane) {
#pragma unroll
        for (int i = 0; i < PerLane; ++i) {
            const int entry = static_cast<int>(lane) * PerLane + i;
            distance[i] = entry < kEntries - count ? 0U : kTooFar;
            index[i] = 0;
        }
    }

    /// What a newcomer has to be below.
    __device__ unsigned furthest() const {
        return __shfl_sync(kAllLanes, distance[PerLane - 1], kWarp - 1);
    }

    __device__ std::int32_t furthestIndex() const {
        return __shfl_sync(kAllLanes, index[PerLane - 1], kWarp - 1);
    }

    /// Behind all entries that are as near. Called by the whole warp with the same point.
    __device__ void insert(unsigned newDistance, std::int32_t newIndex, unsigned lane) {
        unsigned before = __shfl_up_sync(kAllLanes, distance[PerLane - 1], 1);
        const std::int32_t indexBefore = __shfl_up_sync(kAllLanes, index[PerLane - 1], 1);
        before = lane == 0 ? 0U : before;
#pragma unroll
        for (int i = PerLane - 1; i >= 0; --i) {
            const unsigned previous = i > 0 ? distance[i > 0 ? i - 1 : 0] : before;
            const std::int32_t previousIndex = i > 0 ? index[i > 0 ? i - 1 : 0] : indexBefore;
            if (distance[i] > newDistance) {
                const bool enters = previous <= newDistance;
                distance[i] = enters ? newDistance : previous;
                index[i] = enters ? newIndex : previousIndex;
            }
        }
    }
};

/// Squared distances from the warp's query to the points `base` + 32 s + lane. `at` and `query`
/// stand at dimension 0.
__device__ inline void distancesTo(
    const float* const (&at)[kBatch],
    std::int64_t pointStride,
    const float* query,
    std::int64_t queryStride,
    std::int64_t dimensions,
    float (&sum)[kBatch]
) {
#pragma unroll
    for (int s = 0; s < kBatch; ++s) {
        sum[s] = 0.0F;
    }
#pragma unroll 4
    for (std::int64_t d = 0; d < dimensions; ++d) {
        const float value = query[d * queryStride];
#pragma unroll
        for (int s = 0; s < kBatch; ++s) {
            const float difference = __fsub_rn(value, at[s][d * pointStride]);
            sum[s] = __fadd_rn(sum[s], __fmul_rn(difference, difference));
        }
    }
}

/// One pass: fills `list` with the nearest points that do not come before `least`, a distance and
/// the index behind it.
template <int PerLane>
__device__ inline void scanPoints(
    const ColumnSource& points,
    const float* query,
    std::int64_t queryStride,
    std::int64_t cloud,
    std::int64_t count,
    std::int64_t dimensions,
    std::uint64_t least,
    NearestList<PerLane>& list
) {
    const unsigned lane = threadIdx.x % kWarp;
    unsigned furthest = list.furthest();
    for (std::int64_t base = 0; base < count; base += kStep) {
        const float* at[kBatch];
#pragma unroll
        for (int s = 0; s < kBatch; ++s) {
            const std::int64_t point = base + s * std::int64_t{kWarp} + lane;
            at[s] = points.data + cloud * points.cloud + (point < count ? point : 0) * points.point;
        }
        float sum[kBatch];
        distancesTo(at, points.dimension, query, queryStride, dimensions, sum);
#pragma unroll
        for (int s = 0; s < kBatch; ++s) {
            const auto start = static_cast<std::int32_t>(base + s * std::int64_t{kWarp});
            const std::int32_t point = start + static_cast<std::int32_t>(lane);
            const unsigned bits = __float_as_uint(sum[s]);
            const std::uint64_t key = std::uint64_t{bits} << 32 | static_cast<unsigned>(point);
            unsigned offer = point < count && key >= least ? bits : kTooFar;
            for (;;) { // lowest lane first, which is index order
                const unsigned votes = __ballot_sync(kAllLanes, offer < furthest ? 1 : 0);
                if (votes == 0) {
                    break;
                }
                const int source = __ffs(static_cast<int>(votes)) - 1;
                list.insert(__shfl_sync(kAllLanes, offer, source), start + source, lane);
                offer = static_cast<int>(lane) == source ? kTooFar : offer;
                furthest = list.furthest();
            }
        }
    }
}

/// One warp per query. Neighbours that the list has no room for come in further passes, each of
/// which begins behind the last one found.
template <int PerLane>
__global__ void __launch_bounds__(kThreads) nearestKernel(
    ColumnSource points,
    ColumnSource queries,
    SearchSize size,
    std::int64_t dimensions,
    std::int64_t count,
    std::int32_t* index
) {
    using List = NearestList<PerLane>;
    const std::int64_t query = globalThread() / kWarp;
    const unsigned lane = threadIdx.x % kWarp;
    if (query >= size.clouds * size.queries) {
        return;
    }
    const std::int64_t cloud = query / size.queries;
    const float* const at =
        queries.data + cloud * queries.cloud + query % size.queries * queries.point;
    std::int32_t* const mine = index + query * count;
    std::uint64_t least = 0;
    List list;
    for (std::int64_t done = 0; done < count; done += List::kEntries) {
        const std::int64_t wanted = count - done < List::kEntries ? count - done : List::kEntries;
        list.clear(wanted, lane);
        scanPoints(points, at, queries.dimension, cloud, size.points, dimensions, least, list);
#pragma unroll
        for (int i = 0; i < PerLane; ++i) {
            const int entry = static_cast<int>(lane) * PerLane + i;
            const std::int64_t place = entry - (List::kEntries - wanted);
            if (place >= 0) {
                mine[done + place] = list.index[i];
            }
        }
        least =
            (std::uint64_t{list.furthest()} << 32 | static_cast<unsigned>(list.furthestIndex())) +
            1;
    }
}

constexpr int kThreeLanes = 8; ///< that share a query

/// The three smallest keys, ascending; a key is a distance with the index behind it.
struct ThreeKeys {
    std::uint64_t key[3] = {~0ULL, ~0ULL, ~0ULL};

    __device__ void offer(std::uint64_t other) {
        if (other >= key[2]) {
            return;
        }
        key[2] = other < key[1] ? key[1] : other;
        if (other < key[1]) {
            key[1] = other < key[0] ? key[0] : other;
            key[0] = other < key[0] ? other : key[0];
        }
    }
};

__device__ inline float clampedDistance(std::uint64_t key) {
    const float distance = __uint_as_float(static_cast<unsigned>(key >> 32));
    const float atLeast = distance < 1e-10F ? 1e-10F : distance;
    return atLeast > 1e10F ? 1e10F : atLeast;
}

__device__ inline void
writeThree(const ThreeKeys& found, std::int64_t query, std::int32_t* index, float* weight) {
    float d[3];
    for (int i = 0; i < 3; ++i) {
        const bool exists = found.key[i] != ~0ULL;
        d[i] = exists ? clampedDistance(found.key[i]) : 1e10F;
        index[query * 3 + i] = exists ? static_cast<std::int32_t>(found.key[i] & 0xFFFFFFFFULL) : 0;
    }
    const float products[3] = {__fmul_rn(d[1], d[2]), __fmul_rn(d[0], d[2]), __fmul_rn(d[0], d[1])};
    const float sum = __fadd_rn(__fadd_rn(products[0], products[1]), products[2]);
    for (int i = 0; i < 3; ++i) {
        weight[query * 3 + i] = __fdiv_rn(products[i], sum);
    }
}

/// Eight lanes per query, each over every eighth point; then their threes are merged in pairs.
__global__ void __launch_bounds__(kThreads) threeKernel(
    ColumnSource coords, ColumnSource queries, SearchSize size, std::int32_t* index, float* weight
) {
    const std::int64_t total = size.clouds * size.queries;
    const std::int64_t thread = globalThread();
    const std::int64_t mine = thread / kThreeLanes;
    const std::int64_t query = mine < total ? mine : total - 1;
    const std::int64_t lane = thread % kThreeLanes;
    const std::int64_t cloud = query / size.queries;
    const Position at = positionAt(queries, cloud, query % size.queries);
    ThreeKeys found;
#pragma unroll 4
    for (std::int64_t i = lane; i < size.points; i += kThreeLanes) {
        const float distance = squaredDistance(at, positionAt(coords, cloud, i));
        found.offer(std::uint64_t{__float_as_uint(distance)} << 32 | static_cast<unsigned>(i));
    }
#pragma unroll
    for (int by = 1; by < kThreeLanes; by *= 2) {
        std::uint64_t others[3];
        for (int i = 0; i < 3; ++i) {
            others[i] = __shfl_xor_sync(kAllLanes, found.key[i], by);
        }
        for (int i = 0; i < 3; ++i) {
            found.offer(others[i]);
        }
    }
    if (mine < total && lane == 0) {
        writeThree(found, query, index, weight);
    }
}

} // namespace

void findWithin(
    Stream stream,
    const ColumnSource& coords,
    const ColumnSource& centres,
    const SearchSize& size,
    float squaredRadius,
    std::int64_t count,
    std::int32_t* hits
) {
    const auto shape = simt::shapeFor(size.clouds * size.queries * kWarp, kThreads);
    simt::launch(stream, shape, withinKernel, coords, centres, size, squaredRadius, count, hits);
}

void findNearest(
    Stream stream,
    const ColumnSource& points,
    const ColumnSource& queries,
    const SearchSize& size,
    std::int64_t dimensions,
    std::int64_t count,
    std::int32_t* index
) {
    const auto shape = simt::shapeFor(size.clouds * size.queries * kWarp, kThreads);
    const auto run = [&](auto kernel) {
        simt::launch(stream, shape, kernel, points, queries, size, dimensions, count, index);
    };
    if (count <= NearestList<1>::kEntries) {
        run(nearestKernel<1>);
    } else if (count <= NearestList<2>::kEntries) {
        run(nearestKernel<2>);
    } else {
        run(nearestKernel<4>);
    }
}

void findThree(
    Stream stream,
    const ColumnSource& coords,
    const ColumnSource& queries,
    const SearchSize& size,
    std::int32_t* index,
    float* weight
) {
    const auto shape = simt::shapeFor(size.clouds * size.queries * kThreeLanes, kThreads);
    simt::launch(stream, shape, threeKernel, coords, queries, size, index, weight);
}

} // namespace siskin::gpu
