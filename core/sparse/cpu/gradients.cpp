// SPDX-License-Identifier: MIT
#include "core/sparse/cpu/gradients.hpp"

#include "core/base/parallel.hpp"
#include "core/sparse/checks.hpp"
#include "core/sparse/cpu/kernels.hpp"

#include <algorithm>
#include <vector>

namespace siskin::cpu {

namespace {

constexpr std::int64_t kGrain = 2048;

ConstRows rowsOf(const torch::Tensor& tensor) {
    return {tensor.data_ptr<float>(), tensor.stride(0)};
}

/// How often each voxel was averaged over.
std::vector<float> pointsPerVoxel(const PointVoxelMap& map) {
    std::vector<float> count(static_cast<std::size_t>(map.voxels), 0.0F);
    const auto* voxel = map.voxel.data_ptr<std::int32_t>();
    for (std::int64_t p = 0; p < map.voxel.size(0); ++p) {
        if (voxel[p] >= 0) {
            count[static_cast<std::size_t>(voxel[p])] += 1.0F;
        }
    }
    return count;
}

} // namespace

torch::Tensor weightGradient(
    const torch::Tensor& features, const BlockedKernelMap& map, const torch::Tensor& outGradient
) {
    // Sums of a few blocks each, added up in order: every thread count gives the same result.
    constexpr std::int64_t kBlocksPerSum = 8;
    const std::int64_t channelsIn = features.size(1);
    const std::int64_t channelsOut = outGradient.size(1);
    requireMatrix(features, "features", map.rowsIn(), channelsIn);
    requireMatrix(outGradient, "gradient", map.rowsOut(), channelsOut);
    const std::int64_t size = channelsIn * channelsOut;
    const std::int64_t parts =
        std::max<std::int64_t>(1, (map.blockCount() + kBlocksPerSum - 1) / kBlocksPerSum);
    const auto sums = torch::zeros({map.volume(), parts, channelsIn, channelsOut});
    auto* sum = sums.data_ptr<float>();
    const auto& kernels = selectKernels().gradients;
    parallelFor(map.volume() * parts, 1, [&](std::int64_t task, std::int64_t) {
        const auto offset = static_cast<int>(task / parts);
        const std::int64_t begin = task % parts * kBlocksPerSum;
        const std::int64_t end = std::min(begin + kBlocksPerSum, map.blockCount());
        for (std::int64_t block = begin; block < end; ++block) {
            const auto pairs = map.pairsOf(static_cast<std::size_t>(block), offset);
            auto gradient = rowsOf(outGradient);
            gradient.data += block * map.blockRows() * gradient.stride;
            kernels.outerProducts(
                rowsOf(features),
                gradient,
                {pairs.in, pairs.out, pairs.count},
                channelsIn,
                channelsOut,
                sum + task * size
            );
        }
    });
    const auto result = sums.select(1, 0).clone();
    auto* total = result.data_ptr<float>();
    parallelFor(map.volume(), 1, [&](std::int64_t offset, std::int64_t) {
        for (std::int64_t part = 1; part < parts; ++part) {
            const float* more = sum + (offset * parts + part) * size;
            for (std::int64_t i = 0; i < size; ++i) {
                total[offset * size + i] += more[i];
            }
        }
    });
    return result;
}

torch::Tensor shareAmongPoints(const torch::Tensor& voxelGradient, const PointVoxelMap& map) {
    const std::int64_t channels = voxelGradient.size(1);
    requireMatrix(voxelGradient, "voxel gradient", map.voxels, channels);
    const auto count = pointsPerVoxel(map);
    const auto in = rowsOf(voxelGradient);
    const auto* voxel = map.voxel.data_ptr<std::int32_t>();
    const auto result = torch::empty({map.voxel.size(0), channels});
    auto* out = result.data_ptr<float>();
    parallelFor(map.voxel.size(0), kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t p = begin; p < end; ++p) {
            float* to = out + p * channels;
            if (voxel[p] < 0) {
                std::fill_n(to, channels, 0.0F);
                continue;
            }
            const float* from = in.data + voxel[p] * in.stride;
            const float divisor = count[static_cast<std::size_t>(voxel[p])];
            for (std::int64_t c = 0; c < channels; ++c) {
                to[c] = from[c] / divisor;
            }
        }
    });
    return result;
}

torch::Tensor scatterToVoxels(const torch::Tensor& pointGradient, const PointVoxelMap& map) {
    const std::int64_t points = map.voxel.size(0);
    const std::int64_t channels = pointGradient.size(1);
    requireMatrix(pointGradient, "point gradient", points, channels);
    const auto in = rowsOf(pointGradient);
    const auto* corners = map.corners.data_ptr<std::int32_t>();
    const auto* weights = map.weights.data_ptr<float>();
    const auto result = torch::zeros({map.voxels, channels});
    auto* out = result.data_ptr<float>();
    // A thread owns some channels, not some points: no two ever add to the same value.
    constexpr std::int64_t kChannels = 16;
    parallelFor(channels, kChannels, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t p = 0; p < points; ++p) {
            const float* from = in.data + p * in.stride;
            for (std::int64_t i = p * 8; i < p * 8 + 8; ++i) {
                if (weights[i] == 0.0F) {
                    continue;
                }
                float* to = out + corners[i] * channels;
                for (std::int64_t c = begin; c < end; ++c) {
                    to[c] += weights[i] * from[c];
                }
            }
        }
    });
    return result;
}

} // namespace siskin::cpu
