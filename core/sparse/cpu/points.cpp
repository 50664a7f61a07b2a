// SPDX-License-Identifier: MIT
#include "core/sparse/cpu/points.hpp"

#include "core/base/parallel.hpp"
#include "core/sparse/checks.hpp"
#include "core/sparse/cpu/columns.hpp"
#include "core/sparse/cpu/kernels.hpp"
#include "core/sparse/kernel_offsets.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace siskin::cpu {

namespace {

constexpr std::int64_t kGrain = 2048;

/// A coordinate as two numbers that compare as it does.
struct Rank {
    explicit Rank(const Coordinate& c) noexcept
        : high(shifted(c[0]) << 32 | shifted(c[1])), low(shifted(c[2]) << 32 | shifted(c[3])) {}

    bool operator==(const Rank& other) const noexcept {
        return ((high ^ other.high) | (low ^ other.low)) == 0;
    }

    bool operator<(const Rank& other) const noexcept {
        return high != other.high ? high < other.high : low < other.low;
    }

    std::uint64_t high;
    std::uint64_t low;

  private:
    static std::uint64_t shifted(std::int32_t value) noexcept {
        return static_cast<std::uint32_t>(value) ^ 0x80000000U; // negative ones first
    }
};

/// Finds rows by coordinate for one thread. Neighbouring points lie in neighbouring voxels: the row
/// after the one found last and rows found a while ago (a scan line meets the voxels of the line
/// before again) are tried before a search, which starts at the row found last.
class VoxelLookup {
  public:
    explicit VoxelLookup(const VoxelSet& voxels)
        : rows_(coordinatesOf(voxels.coords)), count_(voxels.size()) {}

    /// Row of a coordinate, or -1.
    std::int32_t row(const Coordinate& c) {
        if (count_ == 0) {
            return -1;
        }
        const Rank wanted(c);
        auto& recent = recent_[slotOf(c)];
        const std::int64_t next = std::min(last_ + 1, count_ - 1);
        if (rankOf(last_) == wanted) {
            return static_cast<std::int32_t>(last_);
        }
        if (rankOf(next) == wanted) {
            last_ = next;
        } else if (rankOf(recent) == wanted) {
            last_ = recent;
        } else {
            last_ = search(wanted);
        }
        if (!(rankOf(last_) == wanted)) {
            return -1;
        }
        recent = static_cast<std::int32_t>(last_);
        return recent;
    }

  private:
    static constexpr std::size_t kSlots = 4096;

    static std::size_t slotOf(const Coordinate& c) noexcept {
        const auto x = static_cast<std::uint32_t>(c[1]) * 0x9E3779B1U;
        const auto y = static_cast<std::uint32_t>(c[2]) * 0x85EBCA77U;
        const auto z = static_cast<std::uint32_t>(c[3]) * 0xC2B2AE3DU;
        return ((x ^ y ^ z) >> 20) % kSlots;
    }

    Rank rankOf(std::int64_t row) const noexcept { return Rank(rows_[row]); }

    /// The first row that is not before `wanted` (or the last row), by steps that double.
    std::int64_t search(const Rank& wanted) const {
        std::int64_t low = last_; // the answer lies in [low, high]
        std::int64_t high = last_;
        for (std::int64_t step = 1; low > 0 && wanted < rankOf(low); step *= 2) {
            high = low;
            low -= std::min(step, low);
        }
        for (std::int64_t step = 1; high + 1 < count_ && rankOf(high) < wanted; step *= 2) {
            low = high;
            high += std::min(step, count_ - 1 - high);
        }
        while (low < high) {
            const auto middle = low + (high - low) / 2;
            if (rankOf(middle) < wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    const Coordinate* rows_;
    std::int64_t count_;
    std::int64_t last_ = 0;
    std::array<std::int32_t, kSlots> recent_{};
};

/// Rows of the eight corners above each voxel, 8 per row, -1 where absent. An even kernel's order
/// is the corner order.
Buffer<std::int32_t> cornerTable(const VoxelSet& voxels) {
    const Columns columns(voxels);
    const auto [low, high] = axisOffsets(2);
    const OffsetRange offsets{low, high, 2, false};
    Buffer<std::int32_t> table(voxels.size() * 8);
    parallelFor(columns.chunks(), 1, [&](std::int64_t chunk, std::int64_t) {
        const auto part = columns.columnsOfChunk(chunk);
        const auto rows = columns.rowsOfColumns(part);
        std::fill(table.data() + rows.begin * 8, table.data() + rows.end * 8, -1);
        NeighbourWalk(columns, offsets, [&](int corner, std::int32_t row, std::int32_t other) {
            table[std::int64_t{row} * 8 + corner] = other;
        }).walk(part);
    });
    return table;
}

struct PointPlace {
    Coordinate base;
    std::array<float, 3> fraction;
};

/// `scale` is 1 / stride: exact, strides are powers of two.
PointPlace placeOf(const float* point, float scale) {
    PointPlace place{};
    place.base[0] = static_cast<std::int32_t>(point[0]);
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const float scaled = point[axis + 1] * scale;
        // Rounds towards 0; std::floor is a library call in the portable build.
        const auto whole = static_cast<std::int32_t>(scaled);
        const auto base = whole - (static_cast<float>(whole) > scaled ? 1 : 0);
        place.base[axis + 1] = base;
        place.fraction[axis] = scaled - static_cast<float>(base);
    }
    return place;
}

/// Rows of the eight corners of a point whose own voxel is not occupied: each is looked up.
void searchCorners(const Coordinate& base, VoxelLookup& lookup, std::int32_t* rows) {
    for (int corner = 0; corner < 8; ++corner) {
        rows[corner] = lookup.row({
            base[0],
            base[1] + ((corner >> 2) & 1),
            base[2] + ((corner >> 1) & 1),
            base[3] + (corner & 1),
        });
    }
}

/// Weights of the corners that exist, divided by (their sum + 1e-8).
void fillWeights(
    const std::array<float, 3>& fraction, const std::int32_t* corners, float* weights
) {
    const float x[2] = {1.0F - fraction[0], fraction[0]};
    const float y[2] = {1.0F - fraction[1], fraction[1]};
    const float z[2] = {1.0F - fraction[2], fraction[2]};
    float sum = 0.0F;
    for (int corner = 0; corner < 8; ++corner) {
        const float weight = x[corner >> 2] * y[(corner >> 1) & 1] * z[corner & 1];
        weights[corner] = corners[corner] >= 0 ? weight : 0.0F;
        sum += weights[corner];
    }
    const float divisor = sum + 1e-8F;
    for (int corner = 0; corner < 8; ++corner) {
        weights[corner] /= divisor;
    }
}

/// Points of each voxel by counting; in point order, so that sums do not depend on the threads.
void listMembers(PointVoxelMap& map) {
    const auto* voxel = map.voxel.data_ptr<std::int32_t>();
    const std::int64_t points = map.voxel.size(0);
    map.memberStart = torch::zeros({map.voxels + 1}, torch::kInt32);
    auto* start = map.memberStart.data_ptr<std::int32_t>();
    for (std::int64_t p = 0; p < points; ++p) {
        if (voxel[p] >= 0) {
            ++start[voxel[p] + 1];
        }
    }
    std::partial_sum(start, start + map.voxels + 1, start);
    map.members = torch::empty({start[map.voxels]}, torch::kInt32);
    auto* members = map.members.data_ptr<std::int32_t>();
    // Backwards, so that the ends count down to the starts.
    for (std::int64_t p = points; p-- > 0;) {
        if (voxel[p] >= 0) {
            members[--start[voxel[p] + 1]] = static_cast<std::int32_t>(p);
        }
    }
    std::copy(start + 1, start + map.voxels + 1, start);
    start[map.voxels] = static_cast<std::int32_t>(map.members.size(0));
}

ConstRows rowsOf(const torch::Tensor& tensor) {
    return tensor.defined() ? ConstRows{tensor.data_ptr<float>(), tensor.stride(0)}
                            : ConstRows{nullptr, 0};
}

} // namespace

PointVoxelMap mapPointsToVoxels(const torch::Tensor& points, const VoxelSet& voxels, int stride) {
    requireMatrix(points, "points", points.size(0), 4);
    const auto contiguous = points.contiguous();
    const float* source = contiguous.data_ptr<float>();
    const std::int64_t count = points.size(0);
    PointVoxelMap map;
    map.voxels = voxels.size();
    map.voxel = torch::empty({count}, torch::kInt32);
    map.corners = torch::empty({count, 8}, torch::kInt32);
    map.weights = torch::empty({count, 8}, torch::kFloat32);
    auto* voxel = map.voxel.data_ptr<std::int32_t>();
    auto* corners = map.corners.data_ptr<std::int32_t>();
    auto* weights = map.weights.data_ptr<float>();
    const float scale = 1.0F / static_cast<float>(stride);
    const auto table = cornerTable(voxels);
    parallelFor(count, kGrain, [&](std::int64_t begin, std::int64_t end) {
        VoxelLookup lookup(voxels);
        for (std::int64_t p = begin; p < end; ++p) {
            const auto place = placeOf(source + p * 4, scale);
            voxel[p] = lookup.row(place.base);
            if (voxel[p] >= 0) {
                std::copy_n(table.data() + std::int64_t{voxel[p]} * 8, 8, corners + p * 8);
            } else {
                searchCorners(place.base, lookup, corners + p * 8);
            }
            fillWeights(place.fraction, corners + p * 8, weights + p * 8);
        }
    });
    listMembers(map);
    return map;
}

torch::Tensor averagePoints(const torch::Tensor& pointFeatures, const PointVoxelMap& map) {
    const std::int64_t channels = pointFeatures.size(1);
    requireMatrix(pointFeatures, "point features", map.voxel.size(0), channels);
    if (!map.memberStart.defined()) { // a map of another implementation
        auto complete = map;
        listMembers(complete);
        return averagePoints(pointFeatures, complete);
    }
    const auto* start = map.memberStart.data_ptr<std::int32_t>();
    const auto* members = map.members.data_ptr<std::int32_t>();
    const auto result = torch::empty({map.voxels, channels}, torch::kFloat32);
    auto* out = result.data_ptr<float>();
    const auto& kernels = selectKernels().points;
    parallelFor(map.voxels, kGrain, [&](std::int64_t begin, std::int64_t end) {
        kernels.average(
            rowsOf(pointFeatures),
            start + begin,
            members,
            end - begin,
            channels,
            {out + begin * channels, channels}
        );
    });
    return result;
}

torch::Tensor interpolateVoxels(
    const torch::Tensor& voxelFeatures, const PointVoxelMap& map, const torch::Tensor& addend
) {
    const std::int64_t count = map.voxel.size(0);
    const std::int64_t channels = voxelFeatures.size(1);
    requireMatrix(voxelFeatures, "voxel features", map.voxels, channels);
    if (addend.defined()) {
        requireMatrix(addend, "addend", count, channels);
    }
    const auto result = torch::empty({count, channels}, torch::kFloat32);
    auto* out = result.data_ptr<float>();
    const auto* corners = map.corners.data_ptr<std::int32_t>();
    const auto* weights = map.weights.data_ptr<float>();
    const auto& kernels = selectKernels().points;
    const auto start = rowsOf(addend);
    parallelFor(count, kGrain, [&](std::int64_t begin, std::int64_t end) {
        const ConstRows addendRows{
            start.data ? start.data + begin * start.stride : nullptr, start.stride};
        kernels.interpolate(
            rowsOf(voxelFeatures),
            corners + begin * 8,
            weights + begin * 8,
            end - begin,
            channels,
            addendRows,
            {out + begin * channels, channels}
        );
    });
    return result;
}

} // namespace siskin::cpu
