// SPDX-License-Identifier: MIT
#include "core/sparse/cpu/points.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/sparse/checks.hpp"
#include "core/sparse/cpu/coordinates.hpp"
#include "core/sparse/cpu/kernel_map.hpp"
#include "core/sparse/cpu/kernels.hpp"

#include <algorithm>
#include <cmath>

namespace siskin::cpu {

namespace {

constexpr std::int64_t kGrain = 2048;

/// Row of a coordinate, or -1. Neighbouring points lie in neighbouring voxels, so the search
/// gallops away from the row found last.
class VoxelLookup {
  public:
    explicit VoxelLookup(const SortedKeys& sorted) : sorted_(sorted) {}

    std::int32_t row(const Coordinate& c, std::size_t& hint) const {
        const auto& keys = sorted_.keys;
        if (keys.empty() || !sorted_.layout.contains(c)) {
            return -1;
        }
        const std::uint64_t key = sorted_.layout.key(c);
        std::size_t low = hint; // the answer lies in [low, high]
        std::size_t high = hint;
        for (std::size_t step = 1; low > 0 && keys[low] > key; step *= 2) {
            high = low;
            low -= std::min(step, low);
        }
        for (std::size_t step = 1; high + 1 < keys.size() && keys[high] < key; step *= 2) {
            low = high;
            high += std::min(step, keys.size() - 1 - high);
        }
        const auto first = keys.begin();
        const auto found = std::lower_bound(
            first + static_cast<std::ptrdiff_t>(low), first + static_cast<std::ptrdiff_t>(high), key
        );
        hint = static_cast<std::size_t>(found - first);
        return *found == key ? static_cast<std::int32_t>(hint) : -1;
    }

  private:
    const SortedKeys& sorted_;
};

/// Rows of the eight corners above each voxel, int32 [V, 8], -1 where absent. An even kernel's
/// order is the corner order, so this is the size-2 kernel map as a table.
std::vector<std::int32_t> cornerTable(const VoxelSet& voxels) {
    std::vector<std::int32_t> table(static_cast<std::size_t>(voxels.size()) * 8, -1);
    const auto map = submanifoldKernelMap(voxels, 2);
    for (std::size_t block = 0; block < map->blocks().size(); ++block) {
        const auto firstRow = static_cast<std::int64_t>(block) * map->blockRows();
        for (int corner = 0; corner < 8; ++corner) {
            const auto pairs = map->pairsOf(block, corner);
            for (std::int64_t i = 0; i < pairs.count; ++i) {
                table[static_cast<std::size_t>((firstRow + pairs.out[i]) * 8 + corner)] =
                    pairs.in[i];
            }
        }
    }
    return table;
}

struct PointPlace {
    Coordinate base;
    std::array<float, 3> fraction;
};

PointPlace placeOf(const float* point, float stride) {
    PointPlace place{};
    place.base[0] = static_cast<std::int32_t>(point[0]);
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const float scaled = point[axis + 1] / stride;
        const float base = std::floor(scaled);
        place.base[axis + 1] = static_cast<std::int32_t>(base);
        place.fraction[axis] = scaled - base;
    }
    return place;
}

float cornerWeight(const std::array<float, 3>& fraction, int corner) {
    const float x = (corner & 4) ? fraction[0] : 1.0F - fraction[0];
    const float y = (corner & 2) ? fraction[1] : 1.0F - fraction[1];
    const float z = (corner & 1) ? fraction[2] : 1.0F - fraction[2];
    return x * y * z;
}

/// Rows of the eight corners of a point whose own voxel is not occupied: each is looked up.
std::array<std::int32_t, 8>
searchCorners(const PointPlace& place, const VoxelLookup& lookup, std::size_t& hint) {
    std::array<std::int32_t, 8> rows{};
    for (int corner = 0; corner < 8; ++corner) {
        const Coordinate at = {
            place.base[0],
            place.base[1] + ((corner >> 2) & 1),
            place.base[2] + ((corner >> 1) & 1),
            place.base[3] + (corner & 1),
        };
        rows[static_cast<std::size_t>(corner)] = lookup.row(at, hint);
    }
    return rows;
}

/// Weights of the corners that exist, divided by (their sum + 1e-8).
void fillWeights(const PointPlace& place, const std::int32_t* corners, float* weights) {
    float sum = 0.0F;
    for (int corner = 0; corner < 8; ++corner) {
        weights[corner] = corners[corner] >= 0 ? cornerWeight(place.fraction, corner) : 0.0F;
        sum += weights[corner];
    }
    for (int corner = 0; corner < 8; ++corner) {
        weights[corner] /= sum + 1e-8F;
    }
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
    const SortedKeys sorted(voxels);
    const VoxelLookup lookup(sorted);
    const auto table = cornerTable(voxels);
    parallelFor(count, kGrain, [&](std::int64_t begin, std::int64_t end) {
        std::size_t hint = 0;
        for (std::int64_t p = begin; p < end; ++p) {
            const auto place = placeOf(source + p * 4, static_cast<float>(stride));
            voxel[p] = lookup.row(place.base, hint);
            if (voxel[p] >= 0) {
                std::copy_n(table.begin() + std::ptrdiff_t{voxel[p]} * 8, 8, corners + p * 8);
            } else {
                const auto rows = searchCorners(place, lookup, hint);
                std::copy(rows.begin(), rows.end(), corners + p * 8);
            }
            fillWeights(place, corners + p * 8, weights + p * 8);
        }
    });
    return map;
}

torch::Tensor averagePoints(const torch::Tensor& pointFeatures, const PointVoxelMap& map) {
    const std::int64_t count = map.voxel.size(0);
    const std::int64_t channels = pointFeatures.size(1);
    requireMatrix(pointFeatures, "point features", count, channels);
    const auto* voxel = map.voxel.data_ptr<std::int32_t>();
    // Members of each voxel in point order: the sum is the same whatever the number of threads.
    std::vector<std::int32_t> start(static_cast<std::size_t>(map.voxels) + 1, 0);
    for (std::int64_t p = 0; p < count; ++p) {
        if (voxel[p] >= 0) {
            ++start[static_cast<std::size_t>(voxel[p]) + 1];
        }
    }
    for (std::size_t v = 1; v < start.size(); ++v) {
        start[v] += start[v - 1];
    }
    std::vector<std::int32_t> members(static_cast<std::size_t>(start.back()));
    auto next = start;
    for (std::int64_t p = 0; p < count; ++p) {
        if (voxel[p] >= 0) {
            members[static_cast<std::size_t>(next[static_cast<std::size_t>(voxel[p])]++)] =
                static_cast<std::int32_t>(p);
        }
    }
    const auto result = torch::empty({map.voxels, channels}, torch::kFloat32);
    auto* out = result.data_ptr<float>();
    const auto& kernels = selectKernels();
    parallelFor(map.voxels, kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t v = begin; v < end; ++v) {
            const auto i = static_cast<std::size_t>(v);
            kernels.average(
                rowsOf(pointFeatures),
                members.data() + start[i],
                start[i + 1] - start[i],
                channels,
                out + v * channels
            );
        }
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
    const auto& kernels = selectKernels();
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
