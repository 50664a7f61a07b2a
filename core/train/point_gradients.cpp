// SPDX-License-Identifier: MIT
#include "core/train/point_gradients.hpp"

#include "core/base/parallel.hpp"
#include "core/points/cpu/corners.hpp"
#include "core/points/cpu/rows.hpp"

namespace siskin {

namespace {

using points::channelsFirst;
using points::channelsLast;
using torch::Tensor;

constexpr std::int64_t kGrain = 256;

/// to += from * factor
void addRow(float* to, const float* from, float factor, std::int64_t channels) {
    for (std::int64_t c = 0; c < channels; ++c) {
        to[c] += from[c] * factor;
    }
}

/// Runs `body(cloud)` over all clouds.
template <typename Body>
void forClouds(std::int64_t clouds, const Body& body) {
    parallelFor(clouds, 1, [&body](std::int64_t begin, std::int64_t) { body(begin); });
}

} // namespace

Tensor voxelizeGradient(const Tensor& gradient, const GridPlacement& placement) {
    const auto source = channelsLast(gradient);
    const std::int64_t channels = gradient.size(1);
    const std::int64_t n = placement.voxel.size(1);
    const std::int64_t voxels = placement.count.size(1);
    const auto result = torch::empty({gradient.size(0), n, channels});
    const auto* voxel = placement.voxel.data_ptr<std::int32_t>();
    const auto* count = placement.count.data_ptr<std::int32_t>();
    const auto* in = source.data_ptr<float>();
    auto* out = result.data_ptr<float>();
    parallelFor(placement.voxel.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t v = i / n * voxels + voxel[i];
            const float share = 1.0F / static_cast<float>(count[v]);
            for (std::int64_t c = 0; c < channels; ++c) {
                out[i * channels + c] = in[v * channels + c] * share;
            }
        }
    });
    return channelsFirst(result);
}

Tensor devoxelizeGradient(const Tensor& gradient, const GridPlacement& placement) {
    const auto source = channelsLast(gradient);
    const std::int64_t channels = gradient.size(1);
    const std::int64_t n = placement.voxel.size(1);
    const int r = placement.resolution;
    const auto result = torch::zeros({gradient.size(0), r, r, r, channels});
    const std::int64_t voxels = placement.count.size(1);
    const auto* in = source.data_ptr<float>();
    auto* out = result.data_ptr<float>();
    forClouds(gradient.size(0), [&](std::int64_t b) {
        const float* position = placement.position.data_ptr<float>() + b * 3 * n;
        float* grid = out + b * voxels * channels;
        for (std::int64_t p = 0; p < n; ++p) {
            const auto corners =
                points::cornersAt({position[p], position[n + p], position[2 * n + p]}, r);
            for (std::size_t k = 0; k < corners.voxel.size(); ++k) {
                addRow(
                    grid + corners.voxel[k] * channels,
                    in + (b * n + p) * channels,
                    corners.weight[k],
                    channels
                );
            }
        }
    });
    return channelsFirst(result);
}

Tensor scatterRows(
    const Tensor& gradient, const Tensor& index, const Tensor& weight, std::int64_t points
) {
    const auto source = channelsLast(gradient);
    const std::int64_t clouds = gradient.size(0);
    const std::int64_t channels = gradient.size(1);
    const std::int64_t perCloud = index.numel() / clouds;
    const std::int64_t terms = index.numel() * channels / gradient.numel();
    const auto result = torch::zeros({clouds, points, channels});
    const auto* rows = index.data_ptr<std::int32_t>();
    const auto* weights = weight.defined() ? weight.data_ptr<float>() : nullptr;
    const auto* in = source.data_ptr<float>();
    auto* out = result.data_ptr<float>();
    forClouds(clouds, [&](std::int64_t b) {
        float* cloud = out + b * points * channels;
        for (std::int64_t i = b * perCloud; i < (b + 1) * perCloud; ++i) {
            const float factor = weights == nullptr ? 1.0F : weights[i];
            addRow(cloud + rows[i] * channels, in + i / terms * channels, factor, channels);
        }
    });
    return channelsFirst(result);
}

} // namespace siskin
