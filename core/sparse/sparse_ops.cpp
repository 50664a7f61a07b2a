// SPDX-License-Identifier: MIT
// What implementations that compute in the processor's memory, in float32, have in common. Plain
// loops, not LibTorch's: those bring OpenMP threads of their own, also where a frame is to stay on
// one thread.
#include "core/sparse/sparse_ops.hpp"

#include "core/base/parallel.hpp"
#include "core/sparse/best_class.hpp"
#include "core/sparse/checks.hpp"

#include <cmath>
#include <vector>

namespace siskin {

namespace {

constexpr std::int64_t kGrain = 8192;

} // namespace

torch::Tensor SparseOps::upload(const torch::Tensor& host) const {
    return host;
}

torch::Tensor SparseOps::download(const torch::Tensor& tensor) const {
    return tensor;
}

torch::Tensor SparseOps::newFeatures(std::int64_t rows, std::int64_t channels) const {
    return torch::empty({rows, channels}, torch::kFloat32);
}

torch::Tensor
SparseOps::voxelPoints(const VoxelSet& voxels, float pointSize, float voxelSize) const {
    const auto coords = voxels.coords.contiguous();
    auto points = torch::empty(coords.sizes(), torch::kFloat32);
    const bool sameUnit = pointSize == 1.0F && voxelSize == 1.0F;
    const auto* in = coords.data_ptr<std::int32_t>();
    auto* out = points.data_ptr<float>();
    parallelFor(voxels.size(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = 4 * begin; i < 4 * end; ++i) {
            out[i] = static_cast<float>(in[i]);
            if (!sameUnit && i % 4 != 0) {
                // Two separately rounded float32 operations, as the reference does: the product of
                // an integer and 0.05 divided by 0.05 can exceed the integer by one unit in the
                // last place, and the interpolation weights see that (models.md 2.1).
                out[i] = out[i] * pointSize / voxelSize;
            }
        }
    });
    return points;
}

UniqueVoxels SparseOps::voxelsOfPoints(const torch::Tensor& points) const {
    requireMatrix(points, "points", points.size(0), 4);
    const auto contiguous = points.contiguous();
    auto rows = torch::empty(points.sizes(), torch::kInt32);
    const auto* in = contiguous.data_ptr<float>();
    auto* out = rows.data_ptr<std::int32_t>();
    parallelFor(points.size(0), kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = 4 * begin; i < 4 * end; ++i) {
            out[i] = static_cast<std::int32_t>(std::floor(in[i]));
        }
    });
    return unique(rows);
}

void SparseOps::labelPoints(
    const torch::Tensor& logits,
    const torch::Tensor& pointToVoxel,
    std::span<std::uint8_t> classIds,
    std::span<float> confidence
) const {
    requireLabels(logits, pointToVoxel, classIds, confidence);
    requireMatrix(logits, "logits", logits.size(0), logits.size(1));
    const auto rows = logits.contiguous();
    const std::int64_t voxels = rows.size(0);
    const std::int64_t classes = rows.size(1);
    std::vector<BestClass> perVoxel(static_cast<std::size_t>(voxels));
    const auto* values = rows.data_ptr<float>();
    parallelFor(voxels, kGrain, [&](std::int64_t begin, std::int64_t end) {
        bestClasses(values + begin * classes, end - begin, classes, perVoxel.data() + begin);
    });
    const auto* voxel = pointToVoxel.data_ptr<std::int64_t>();
    parallelFor(pointToVoxel.size(0), kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t p = begin; p < end; ++p) {
            const auto i = static_cast<std::size_t>(p);
            const auto& best = perVoxel[static_cast<std::size_t>(voxel[p])];
            classIds[i] = best.id;
            confidence[i] = best.confidence;
        }
    });
}

} // namespace siskin
