// SPDX-License-Identifier: MIT
#include "core/sparse/cpu/coordinates.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/sparse/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace siskin::cpu {

namespace {

constexpr std::int64_t kGrain = 16384;

struct Entry {
    std::uint64_t key;
    std::int32_t row;
};

/// Stable least-significant-digit radix sort; equal keys keep their list order, so the first entry
/// of a run is the first in file order.
std::vector<Entry> sortedEntries(const std::vector<std::uint64_t>& keys, int bits) {
    constexpr int kDigitBits = 11;
    constexpr std::uint64_t kMask = (1U << kDigitBits) - 1;
    std::vector<Entry> entries(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        entries[i] = {keys[i], static_cast<std::int32_t>(i)};
    }
    if (std::is_sorted(keys.begin(), keys.end())) {
        return entries;
    }
    std::vector<Entry> scratch(keys.size());
    for (int shift = 0; shift < bits; shift += kDigitBits) {
        std::array<std::size_t, kMask + 1> position{};
        for (const auto& entry : entries) {
            ++position[(entry.key >> shift) & kMask];
        }
        std::exclusive_scan(position.begin(), position.end(), position.begin(), std::size_t{0});
        for (const auto& entry : entries) {
            scratch[position[(entry.key >> shift) & kMask]++] = entry;
        }
        entries.swap(scratch);
    }
    return entries;
}

void requireRowCount(std::int64_t rows) {
    if (rows > std::numeric_limits<std::int32_t>::max()) {
        throw DatasetError(fmt::format("{} points or voxels in one scan, at most 2^31-1 fit", rows)
        );
    }
}

} // namespace

KeyLayout::KeyLayout(const Coordinate* rows, std::int64_t count) {
    if (count == 0) {
        return;
    }
    low_ = high_ = rows[0];
    for (std::int64_t i = 1; i < count; ++i) {
        for (std::size_t axis = 0; axis < 4; ++axis) {
            low_[axis] = std::min(low_[axis], rows[i][axis]);
            high_[axis] = std::max(high_[axis], rows[i][axis]);
        }
    }
    for (int axis = 3; axis >= 0; --axis) {
        const auto a = static_cast<std::size_t>(axis);
        // An axis of one value has no bits; a shift of 64 would be undefined, so it stays at 0.
        const auto extent = static_cast<std::uint64_t>(std::int64_t{high_[a]} - low_[a]);
        shift_[a] = extent == 0 ? 0U : static_cast<unsigned>(bits_);
        bits_ += static_cast<int>(std::bit_width(extent));
    }
    if (bits_ > 64) {
        throw DatasetError(
            fmt::format("voxel coordinates span {} bits together, 64 fit a key", bits_),
            "remove far-away outlier points or use larger voxels"
        );
    }
}

std::vector<std::uint64_t> KeyLayout::keys(const Coordinate* rows, std::int64_t count) const {
    std::vector<std::uint64_t> result(static_cast<std::size_t>(count));
    parallelFor(count, kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            result[static_cast<std::size_t>(i)] = key(rows[i]);
        }
    });
    return result;
}

SortedKeys::SortedKeys(const VoxelSet& voxels)
    : layout(coordinatesOf(voxels.coords), voxels.size()),
      keys(layout.keys(coordinatesOf(voxels.coords), voxels.size())) {}

UniqueVoxels uniqueVoxels(const torch::Tensor& coords) {
    requireCoordinates(coords);
    requireRowCount(coords.size(0));
    const auto contiguous = coords.contiguous();
    const Coordinate* rows = coordinatesOf(contiguous);
    const std::int64_t count = coords.size(0);
    const KeyLayout layout(rows, count);
    const auto entries = sortedEntries(layout.keys(rows, count), layout.bits());

    UniqueVoxels result;
    result.inverse = torch::empty({count}, torch::kInt64);
    auto* inverse = result.inverse.data_ptr<std::int64_t>();
    std::vector<std::int64_t> first;
    first.reserve(entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i == 0 || entries[i].key != entries[i - 1].key) {
            first.push_back(entries[i].row);
        }
        inverse[entries[i].row] = static_cast<std::int64_t>(first.size()) - 1;
    }
    const auto voxels = static_cast<std::int64_t>(first.size());
    result.firstRow = torch::empty({voxels}, torch::kInt64);
    std::copy(first.begin(), first.end(), result.firstRow.data_ptr<std::int64_t>());
    result.voxels.coords = torch::empty({voxels, 4}, torch::kInt32);
    auto* target = reinterpret_cast<Coordinate*>(result.voxels.coords.data_ptr<std::int32_t>());
    for (std::size_t v = 0; v < first.size(); ++v) {
        target[v] = rows[first[v]];
    }
    return result;
}

UniqueVoxels quantizePositions(const torch::Tensor& positions, float voxelSize) {
    requirePositions(positions);
    requireRowCount(positions.size(0));
    const auto contiguous = positions.contiguous();
    const float* source = contiguous.data_ptr<float>();
    const std::int64_t count = positions.size(0);
    const auto coords = torch::empty({count, 4}, torch::kInt32);
    auto* target = reinterpret_cast<Coordinate*>(coords.data_ptr<std::int32_t>());
    std::atomic<std::int64_t> outside{-1};
    parallelFor(count, kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            target[i][0] = 0;
            for (std::size_t axis = 0; axis < 3; ++axis) {
                // nearbyint rounds ties to even in the default rounding mode, as the training data
                // was made.
                const float voxel =
                    std::nearbyint(source[i * 3 + static_cast<int>(axis)] / voxelSize);
                if (!(std::abs(voxel) <= kLargestCoordinate)) {
                    outside = i;
                    return;
                }
                target[i][axis + 1] = static_cast<std::int32_t>(voxel);
            }
        }
    });
    if (outside >= 0) {
        throwCoordinateTooLarge(outside, voxelSize);
    }
    const KeyLayout extent(target, count);
    for (std::int64_t i = 0; i < count; ++i) {
        for (int axis = 1; axis < 4; ++axis) {
            target[i][static_cast<std::size_t>(axis)] -= extent.low(axis);
        }
    }
    return uniqueVoxels(coords);
}

torch::Tensor halvedCoordinates(const torch::Tensor& coords) {
    const auto result = torch::empty_like(coords);
    const Coordinate* source = coordinatesOf(coords);
    auto* target = reinterpret_cast<Coordinate*>(result.data_ptr<std::int32_t>());
    for (std::int64_t i = 0; i < coords.size(0); ++i) {
        // Arithmetic shift rounds towards minus infinity, as negative coordinates need.
        target[i] = {source[i][0], source[i][1] >> 1, source[i][2] >> 1, source[i][3] >> 1};
    }
    return result;
}

} // namespace siskin::cpu
