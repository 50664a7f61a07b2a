// SPDX-License-Identifier: MIT
#include "core/sparse/cpu/points.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/sparse/checks.hpp"
#include "core/sparse/cpu/coordinates.hpp"
#include "core/sparse/cpu/kernels.hpp"

#include <algorithm>
#include <cmath>

namespace siskin::cpu {

namespace {

constexpr std::int64_t kGrain = 2048;

/// Row of a coordinate, or -1. Neighbouring points ask for neighbouring voxels, so the row found
/// last and the one after it are tried before searching.
class VoxelLookup {
  public:
    explicit VoxelLookup(const SortedKeys& sorted) : sorted_(sorted) {}

    std::int32_t row(const Coordinate& c, std::size_t& hint) const {
        if (!sorted_.layout.contains(c)) {
            return -1;
        }
        const auto& keys = sorted_.keys;
        const std::uint64_t key = sorted_.layout.key(c);
        for (std::size_t i = hint; i < std::min(hint + 2, keys.size()); ++i) {
            if (keys[i] == key) {
                hint = i;
                return static_cast<std::int32_t>(i);
            }
        }
        const auto found = std::lower_bound(keys.begin(), keys.end(), key);
        hint = static_cast<std::size_t>(found - keys.begin());
        return found != keys.end() && *found == key ? static_cast<std::int32_t>(hint) : -1;
    }

  private:
    const SortedKeys& sorted_;
};

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

/// Fills the eight corners of one point. A corner of weight 0 counts as absent: it adds nothing.
void fillCorners(
    const PointPlace& place,
    const VoxelLookup& lookup,
    std::array<std::size_t, 8>& hints,
    std::int32_t* corners,
    float* weights
) {
    float sum = 0.0F;
    for (int corner = 0; corner < 8; ++corner) {
        const float weight = cornerWeight(place.fraction, corner);
        const Coordinate at = {
            place.base[0],
            place.base[1] + ((corner >> 2) & 1),
            place.base[2] + ((corner >> 1) & 1),
            place.base[3] + (corner & 1),
        };
        const bool needed =
            weight > 0.0F || corner == 0; // the base also says which voxel holds the point
        corners[corner] = needed ? lookup.row(at, hints[static_cast<std::size_t>(corner)]) : -1;
        weights[corner] = corners[corner] >= 0 ? weight : 0.0F;
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
    parallelFor(count, kGrain, [&](std::int64_t begin, std::int64_t end) {
        std::array<std::size_t, 8> hints{};
        for (std::int64_t p = begin; p < end; ++p) {
            const auto place = placeOf(source + p * 4, static_cast<float>(stride));
            fillCorners(place, lookup, hints, corners + p * 8, weights + p * 8);
            voxel[p] = corners[p * 8];
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
