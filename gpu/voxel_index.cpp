// SPDX-License-Identifier: MIT
#include "gpu/voxel_index.hpp"

#include "core/base/error.hpp"
#include "core/sparse/checks.hpp"
#include "gpu/kernels/keys.hpp"
#include "gpu/tensor_access.hpp"

#include <fmt/format.h>

namespace siskin::gpu {

namespace {

using torch::Tensor;

[[noreturn]] void throwTooLong() {
    throw DatasetError(
        fmt::format("voxel coordinates need keys of more than {} bits", kMostBits),
        "remove far-away outlier points or use larger voxels"
    );
}

struct SortedKeys {
    Tensor keys;   ///< int64 [M]
    Tensor rows;   ///< int32 [M], list row of each
    Tensor layout; ///< KeyLayout
};

/// Sorts a list's rows by key, equal keys in list order.
SortedKeys sortByKey(const Tensor& coords, const Tensor& extent) {
    const auto stream = currentStream();
    const std::int64_t rows = coords.size(0);
    SortedKeys sorted{
        newTensor({rows}, torch::kInt64), newTensor({rows}, torch::kInt32), newStruct<KeyLayout>()};
    const auto keys = newTensor({rows}, torch::kInt64);
    const auto numbers = newTensor({rows}, torch::kInt32);
    auto* const layout = structIn<KeyLayout>(sorted.layout);
    makeLayout(stream, structIn<Extent>(extent), layout);
    encodeKeys(stream, ints(coords), rows, layout, 0, keysOf(keys), ints(numbers));
    ScratchMemory scratch;
    simt::sortPairs(
        stream,
        keysOf(keys),
        keysOf(sorted.keys),
        ints(numbers),
        ints(sorted.rows),
        rows,
        kMostBits,
        scratch.function()
    );
    return sorted;
}

Tensor extentOf(const Tensor& coords) {
    auto extent = newStruct<Extent>();
    findExtent(currentStream(), ints(coords), coords.size(0), structIn<Extent>(extent));
    return extent;
}

/// Inclusive sums over the heads of `levels` levels, one after the other.
Tensor ranksOf(const Tensor& keys, int first, int levels) {
    const auto stream = currentStream();
    const std::int64_t rows = keys.size(0);
    const auto heads = newTensor({levels * rows}, torch::kInt32);
    auto ranks = newTensor({levels * rows}, torch::kInt32);
    markHeads(stream, keysOf(keys), rows, first, levels, ints(heads));
    ScratchMemory scratch;
    simt::inclusiveSum(stream, ints(heads), ints(ranks), levels * rows, scratch.function());
    return ranks;
}

UniqueVoxels noVoxels() {
    UniqueVoxels result;
    auto index = std::make_shared<CudaVoxelIndex>();
    index->keys = newTensor({0}, torch::kInt64);
    index->layout = newStruct<KeyLayout>();
    result.voxels = {newTensor({0, 4}, torch::kInt32), std::move(index)};
    result.firstRow = newTensor({0}, torch::kInt64);
    result.inverse = newTensor({0}, torch::kInt64);
    return result;
}

/// `coords` is not empty; `status` was started.
UniqueVoxels
distinct(const Tensor& coords, const Tensor& extent, const Tensor& status, float voxelSize) {
    const std::int64_t rows = coords.size(0);
    const auto sorted = sortByKey(coords, extent);
    const auto ranks = ranksOf(sorted.keys, 0, 1);
    const auto voxels = newTensor({rows, 4}, torch::kInt32);
    const auto keys = newTensor({rows}, torch::kInt64);
    const auto firstRow = newTensor({rows}, torch::kInt64);
    const auto inverse = newTensor({rows}, torch::kInt64);
    collectDistinct(
        currentStream(),
        ints(coords),
        keysOf(sorted.keys),
        ints(sorted.rows),
        ints(ranks),
        rows,
        structIn<KeyLayout>(sorted.layout),
        {ints(voxels),
         keysOf(keys),
         firstRow.data_ptr<std::int64_t>(),
         inverse.data_ptr<std::int64_t>()},
        structIn<UniqueStatus>(status)
    );
    const auto result = readStruct<UniqueStatus>(status);
    if (result.badRow != kNoRow) {
        throwCoordinateTooLarge(result.badRow, voxelSize);
    }
    if (result.tooLong != 0) {
        throwTooLong();
    }
    auto index = std::make_shared<CudaVoxelIndex>();
    index->keys = keys.narrow(0, 0, result.voxels);
    index->layout = sorted.layout;
    return {
        {voxels.narrow(0, 0, result.voxels), std::move(index)},
        firstRow.narrow(0, 0, result.voxels),
        inverse};
}

Tensor startedStatus() {
    auto status = newStruct<UniqueStatus>();
    startStatus(currentStream(), structIn<UniqueStatus>(status));
    return status;
}

void makeBricks(const VoxelSet& voxels, CudaVoxelIndex& index) {
    const std::int64_t slots = brickSlots(voxels.size());
    index.brickKeys = newTensor({slots}, torch::kInt64);
    index.brickTaken = newTensor({slots}, torch::kInt64);
    index.brickRows = newTensor({slots}, torch::kInt32);
    const auto stream = currentStream();
    simt::fillBytes(
        stream,
        keysOf(index.brickKeys),
        0xFF,
        static_cast<std::size_t>(slots) * sizeof(std::uint64_t)
    );
    fillBricks(stream, lookUp(voxels, index));
}

} // namespace

UniqueVoxels uniqueVoxels(const Tensor& coords) {
    requireCoordinates(coords);
    if (coords.size(0) == 0) {
        return noVoxels();
    }
    const auto rows = coords.contiguous();
    return distinct(rows, extentOf(rows), startedStatus(), 1.0F);
}

UniqueVoxels quantizedVoxels(const Tensor& positions, float voxelSize) {
    requirePositions(positions);
    if (positions.size(0) == 0) {
        return noVoxels();
    }
    const auto points = positions.contiguous();
    const std::int64_t count = points.size(0);
    const auto coords = newTensor({count, 4}, torch::kInt32);
    const auto status = startedStatus();
    const auto stream = currentStream();
    quantizePositions(
        stream,
        floats(points),
        count,
        voxelSize,
        kLargestCoordinate,
        ints(coords),
        structIn<UniqueStatus>(status)
    );
    const auto extent = extentOf(coords);
    moveToZero(stream, ints(coords), count, structIn<Extent>(extent));
    return distinct(coords, extent, status, voxelSize);
}

CudaVoxelIndexPtr indexOf(const VoxelSet& voxels) {
    if (auto own = std::dynamic_pointer_cast<const CudaVoxelIndex>(voxels.index)) {
        return std::const_pointer_cast<CudaVoxelIndex>(own); // a memory of results: see the class
    }
    requireCoordinates(voxels.coords);
    auto index = std::make_shared<CudaVoxelIndex>();
    if (voxels.size() == 0) {
        index->keys = newTensor({0}, torch::kInt64);
        index->layout = newStruct<KeyLayout>();
        return index;
    }
    const auto coords = voxels.coords.contiguous();
    auto sorted = sortByKey(coords, extentOf(coords));
    if (readStruct<KeyLayout>(sorted.layout).tooLong != 0) {
        throwTooLong();
    }
    index->keys = std::move(sorted.keys);
    index->rowOf = std::move(sorted.rows);
    index->layout = std::move(sorted.layout);
    return index;
}

IndexedVoxels lookUp(const VoxelSet& voxels, CudaVoxelIndex& index) {
    if (!index.brickKeys.defined()) {
        makeBricks(voxels, index);
    }
    return {
        .coords = ints(voxels.coords),
        .keys = keysOf(index.keys),
        .rowOf = ints(index.rowOf),
        .rows = voxels.size(),
        .layout = structIn<KeyLayout>(index.layout),
        .level = index.level,
        .bricks = {
            keysOf(index.brickKeys),
            keysOf(index.brickTaken),
            ints(index.brickRows),
            static_cast<std::uint32_t>(index.brickKeys.size(0))}};
}

void makeCoarserLevels(const VoxelSet& voxels, const CudaVoxelIndexPtr& index, int levels) {
    if (index->level + levels > kCoarsenings) {
        throw DeviceError(
            fmt::format("the CUDA core halves coordinates {} times at most", kCoarsenings)
        );
    }
    const std::int64_t rows = voxels.size();
    const auto coords = newTensor({levels, rows, 4}, torch::kInt32);
    const auto keys = newTensor({levels, rows}, torch::kInt64);
    const auto parents = newTensor({levels, rows}, torch::kInt32);
    auto counts = torch::zeros({levels}, torch::kInt32);
    if (rows > 0) {
        const auto onDevice = newTensor({levels}, torch::kInt32);
        // Ranks of the set's own rows come first: every row is a head there.
        const auto ranks = ranksOf(index->keys, 1, levels);
        collectCoarse(
            currentStream(),
            ints(voxels.coords),
            keysOf(index->keys),
            ints(index->rowOf),
            ints(ranks),
            rows,
            levels,
            {ints(coords), keysOf(keys), ints(parents), ints(onDevice)}
        );
        counts = onDevice.cpu();
    }
    auto below = index;
    std::int64_t rowsBelow = rows;
    for (int level = 0; level < levels; ++level) {
        const std::int64_t count = counts[level].item<std::int32_t>();
        auto above = std::make_shared<CudaVoxelIndex>();
        above->keys = keys[level].narrow(0, 0, count);
        above->layout = index->layout;
        above->level = index->level + level + 1;
        below->coarser = CoarserLevel{
            {coords[level].narrow(0, 0, count), above}, parents[level].narrow(0, 0, rowsBelow)};
        below = std::move(above);
        rowsBelow = count;
    }
}

} // namespace siskin::gpu
