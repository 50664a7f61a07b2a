// SPDX-License-Identifier: MIT
// Our convolution against Open3D's framework-free kernel, computed in double.
#include "core/sparse/sparse_ops.hpp"
#include "tests/support/sparse_cases.hpp"

#include <gtest/gtest.h>
#include <open3d/ml/impl/sparse_conv/SparseConv.h>

namespace siskin {
namespace {

/// The pairs by output row, as Open3D wants them.
struct Neighbours {
    std::vector<std::int32_t> index;
    std::vector<std::int16_t> kernel;
    std::vector<std::int64_t> rowSplits;
};

Neighbours neighboursOf(const KernelMap& map) {
    auto pairs = test::pairsOf(map);
    std::stable_sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) {
        return a[2] < b[2];
    });
    Neighbours result;
    result.rowSplits.assign(static_cast<std::size_t>(map.rowsOut()) + 1, 0);
    for (const auto& [k, in, out] : pairs) {
        result.index.push_back(static_cast<std::int32_t>(in));
        result.kernel.push_back(static_cast<std::int16_t>(k));
        ++result.rowSplits[static_cast<std::size_t>(out) + 1];
    }
    std::partial_sum(result.rowSplits.begin(), result.rowSplits.end(), result.rowSplits.begin());
    return result;
}

torch::Tensor open3dConvolution(
    const torch::Tensor& features, const KernelMap& map, const torch::Tensor& weight
) {
    const auto neighbours = neighboursOf(map);
    const auto in = features.to(torch::kFloat64).contiguous();
    const auto filter = weight.to(torch::kFloat64).contiguous();
    auto out = torch::empty({map.rowsOut(), weight.size(2)}, torch::kFloat64);
    const std::vector<int> filterDims = {
        map.volume(), static_cast<int>(weight.size(1)), static_cast<int>(weight.size(2))};
    open3d::ml::impl::SparseConvComputeFeaturesCPU<double, double, std::int32_t, std::int16_t>(
        out.data_ptr<double>(),
        filterDims,
        filter.data_ptr<double>(),
        static_cast<std::size_t>(map.rowsOut()),
        static_cast<std::size_t>(map.rowsIn()),
        in.data_ptr<double>(),
        nullptr,
        neighbours.index.size(),
        neighbours.index.data(),
        neighbours.kernel.data(),
        nullptr,
        neighbours.rowSplits.data(),
        false
    );
    return out;
}

TEST(Open3dOracle, SubmanifoldAndStridedConvolutionsAgree) {
    for (const auto& ops : {makeCpuOps(), makeReferenceOps()}) {
        const auto fine = ops->unique(test::randomCoordinates(4000, -25, 25, 1, 81)).voxels;
        const auto coarsening = ops->coarsen(fine);
        const std::vector<KernelMapPtr> maps = {
            ops->submanifoldMap(fine, 3), coarsening.down, coarsening.up};
        for (const auto& map : maps) {
            for (const auto& [in, out] : {std::pair{4, 20}, {20, 40}, {33, 81}}) {
                const auto features = test::randomMatrix(map->rowsIn(), in, 82);
                const auto weight = test::randomMatrix(map->volume() * in, out, 83)
                                        .reshape({map->volume(), in, out});
                const auto exact = open3dConvolution(features, *map, weight);
                const auto result =
                    ops->convolve(features, *map, *ops->prepare(weight, {}, Activation::None));
                const double error =
                    (result.to(torch::kFloat64) - exact).abs().max().item<double>();
                EXPECT_LT(error, 1e-5 * exact.abs().max().item<double>())
                    << ops->name() << ", " << in << " -> " << out;
            }
        }
    }
}

} // namespace
} // namespace siskin
