// SPDX-License-Identifier: MIT
// The gradients of the sparse core's operations as their definitions say, for every implementation
// that has no faster ones, and as the oracle of those that have.
#include "core/sparse/checks.hpp"
#include "core/sparse/sparse_ops.hpp"

namespace siskin {

namespace {

using torch::Tensor;

/// Rows of `pairs()` of one kernel index, as input rows and output rows.
struct OffsetPairs {
    Tensor in;
    Tensor out;
};

OffsetPairs pairsOfOffset(const Tensor& pairs, int offset) {
    const Tensor chosen = pairs.index({pairs.select(1, 0) == offset});
    return {chosen.select(1, 1).contiguous(), chosen.select(1, 2).contiguous()};
}

} // namespace

Tensor SparseOps::featureGradient(
    const Tensor& outGradient, const KernelMap& map, const Tensor& weight
) const {
    requireMatrix(outGradient, "gradient", map.rowsOut(), weight.size(2));
    const Tensor pairs = map.pairs();
    Tensor sum = torch::zeros({map.rowsIn(), weight.size(1)}, outGradient.options());
    for (int k = 0; k < map.volume(); ++k) {
        const auto rows = pairsOfOffset(pairs, k);
        sum.index_add_(0, rows.in, torch::mm(outGradient.index_select(0, rows.out), weight[k].t()));
    }
    return sum;
}

Tensor SparseOps::weightGradient(
    const Tensor& features, const KernelMap& map, const Tensor& outGradient
) const {
    requireMatrix(features, "features", map.rowsIn(), features.size(1));
    requireMatrix(outGradient, "gradient", map.rowsOut(), outGradient.size(1));
    const Tensor pairs = map.pairs();
    std::vector<Tensor> perOffset;
    for (int k = 0; k < map.volume(); ++k) {
        const auto rows = pairsOfOffset(pairs, k);
        perOffset.push_back(
            torch::mm(features.index_select(0, rows.in).t(), outGradient.index_select(0, rows.out))
        );
    }
    return torch::stack(perOffset);
}

Tensor
SparseOps::pointsToVoxelsGradient(const Tensor& voxelGradient, const PointVoxelMap& map) const {
    requireMatrix(voxelGradient, "voxel gradient", map.voxels, voxelGradient.size(1));
    const Tensor inside = torch::nonzero(map.voxel >= 0).select(1, 0);
    const Tensor voxel = map.voxel.index({inside}).to(torch::kInt64);
    const Tensor count =
        torch::zeros({map.voxels}).index_add(0, voxel, torch::ones({voxel.size(0)}));
    const Tensor share = voxelGradient / count.clamp_min(1).unsqueeze(1);
    return torch::zeros({map.voxel.size(0), voxelGradient.size(1)})
        .index_copy(0, inside, share.index_select(0, voxel));
}

Tensor
SparseOps::voxelsToPointsGradient(const Tensor& pointGradient, const PointVoxelMap& map) const {
    requireMatrix(pointGradient, "point gradient", map.voxel.size(0), pointGradient.size(1));
    Tensor sum = torch::zeros({map.voxels, pointGradient.size(1)});
    for (int corner = 0; corner < 8; ++corner) {
        const Tensor present = torch::nonzero(map.corners.select(1, corner) >= 0).select(1, 0);
        const Tensor row = map.corners.select(1, corner).index({present}).to(torch::kInt64);
        const Tensor weight = map.weights.select(1, corner).index({present}).unsqueeze(1);
        sum.index_add_(0, row, weight * pointGradient.index_select(0, present));
    }
    return sum;
}

} // namespace siskin
