// SPDX-License-Identifier: MIT
#include "core/points/cpu/rows.hpp"

#include "core/base/parallel.hpp"

#include <algorithm>
#include <limits>

namespace siskin::points {

namespace {

constexpr std::int64_t kGrain = 512;

} // namespace

torch::Tensor channelsLast(const torch::Tensor& tensor) {
    return tensor.movedim(1, -1).contiguous();
}

torch::Tensor channelsFirst(const torch::Tensor& tensor) {
    return tensor.movedim(-1, 1);
}

Rows rowsAt(const torch::Tensor& channelsLastTensor, std::int64_t batch, std::int64_t row) {
    const std::int64_t channels = channelsLastTensor.size(-1);
    return {
        channelsLastTensor.data_ptr<float>() + batch * channelsLastTensor.stride(0) +
            row * channels,
        channels,
    };
}

PaddedColumns::PaddedColumns(const torch::Tensor& values, float padding)
    : dimensions_(values.size(0)), stride_((values.size(1) + kPadding - 1) / kPadding * kPadding),
      values_(static_cast<std::size_t>(dimensions_ * stride_), padding) {
    torch::from_blob(values_.data(), {dimensions_, stride_})
        .narrow(1, 0, values.size(1))
        .copy_(values);
}

std::vector<PaddedColumns> paddedClouds(const torch::Tensor& clouds) {
    std::vector<PaddedColumns> result;
    for (std::int64_t b = 0; b < clouds.size(0); ++b) {
        result.emplace_back(clouds[b], std::numeric_limits<float>::infinity());
    }
    return result;
}

torch::Tensor
blendThree(const torch::Tensor& features, const torch::Tensor& index, const torch::Tensor& weight) {
    const auto source = channelsLast(features);
    const std::int64_t channels = features.size(1);
    const std::int64_t queries = index.size(1);
    const auto result = torch::empty({features.size(0), queries, channels});
    const auto* indices = index.data_ptr<std::int32_t>();
    const auto* weights = weight.data_ptr<float>();
    auto* out = result.data_ptr<float>();
    const auto& kernels = selectPointKernels();
    for (std::int64_t b = 0; b < features.size(0); ++b) {
        parallelFor(queries, kGrain, [&](std::int64_t begin, std::int64_t end) {
            const std::int64_t first = b * queries + begin;
            kernels.blend(
                rowsAt(source, b),
                indices + first * 3,
                weights + first * 3,
                3,
                end - begin,
                channels,
                {},
                out + first * channels
            );
        });
    }
    return channelsFirst(result);
}

torch::Tensor gatherRows(const torch::Tensor& features, const torch::Tensor& index) {
    const auto source = channelsLast(features);
    const std::int64_t channels = features.size(1);
    const std::int64_t perCloud = index.numel() / index.size(0);
    auto shape = index.sizes().vec();
    shape.push_back(channels);
    const auto result = torch::empty(shape);
    const auto* indices = index.data_ptr<std::int32_t>();
    auto* out = result.data_ptr<float>();
    parallelFor(index.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const auto row = rowsAt(source, i / perCloud, indices[i]);
            std::copy_n(row.data, channels, out + i * channels);
        }
    });
    return channelsFirst(result);
}

torch::Tensor groupRows(
    const torch::Tensor& coords,
    const torch::Tensor& centres,
    const torch::Tensor& features,
    const torch::Tensor& index
) {
    const auto xyz = channelsLast(coords);
    const auto origin = channelsLast(centres);
    const auto source = features.defined() ? channelsLast(features) : torch::Tensor();
    const std::int64_t extra = features.defined() ? features.size(1) : 0;
    const std::int64_t neighbours = index.size(2);
    const std::int64_t perCloud = index.size(1) * neighbours;
    const auto result = torch::empty({index.size(0), index.size(1), neighbours, 3 + extra});
    const auto* indices = index.data_ptr<std::int32_t>();
    auto* out = result.data_ptr<float>();
    parallelFor(index.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
            const std::int64_t b = i / perCloud;
            const float* point = rowsAt(xyz, b, indices[i]).data;
            const float* centre = rowsAt(origin, b, i % perCloud / neighbours).data;
            float* target = out + i * (3 + extra);
            for (int axis = 0; axis < 3; ++axis) {
                target[axis] = point[axis] - centre[axis];
            }
            if (extra > 0) {
                std::copy_n(rowsAt(source, b, indices[i]).data, extra, target + 3);
            }
        }
    });
    return channelsFirst(result);
}

} // namespace siskin::points
