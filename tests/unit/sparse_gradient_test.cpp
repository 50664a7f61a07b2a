// SPDX-License-Identifier: MIT
// Gradients of the sparse core's operations against their definitions.
#include "core/base/parallel.hpp"
#include "tests/support/sparse_cases.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace siskin {
namespace {

using test::randomMatrix;
using torch::Tensor;

double relativeError(const Tensor& value, const Tensor& exact) {
    if (exact.numel() == 0) {
        return 0.0;
    }
    const double scale = std::max(1e-12, exact.abs().max().item<double>());
    return (value.to(torch::kFloat64) - exact).abs().max().item<double>() / scale;
}

struct ConvGradients {
    Tensor features;
    Tensor weight;
};

/// From the definition, pair by pair, in double.
ConvGradients gradientsInDouble(
    const Tensor& features, const KernelMap& map, const Tensor& weight, const Tensor& out
) {
    const auto x = features.to(torch::kFloat64);
    const auto w = weight.to(torch::kFloat64);
    const auto g = out.to(torch::kFloat64);
    ConvGradients result{torch::zeros_like(x), torch::zeros_like(w)};
    const auto pairs = map.pairs();
    for (int k = 0; k < map.volume(); ++k) {
        const auto mine = pairs.index({pairs.select(1, 0) == k});
        const auto in = mine.select(1, 1);
        const auto rows = g.index_select(0, mine.select(1, 2));
        result.features.index_add_(0, in, rows.matmul(w[k].t()));
        result.weight[k] += x.index_select(0, in).t().matmul(rows);
    }
    return result;
}

/// Every kind of map that networks use, and one that no geometry gives.
std::vector<std::pair<std::string, KernelMapPtr>>
mapsOver(const SparseOps& ops, const VoxelSet& voxels) {
    const auto coarsening = ops.coarsen(voxels);
    std::vector<std::pair<std::string, KernelMapPtr>> maps = {
        {"submanifold 3", ops.submanifoldMap(voxels, 3)},
        {"submanifold 2", ops.submanifoldMap(voxels, 2)},
        {"down", coarsening.down},
        {"up", coarsening.up},
        {"identity", ops.identityMap(voxels.size())}};
    if (voxels.size() > 3) {
        const auto rows = torch::arange(voxels.size());
        const auto shuffled = torch::fmod(rows * 7 + 3, voxels.size()).to(torch::kInt64);
        const auto pairs = torch::cat({
            torch::stack({torch::zeros_like(rows), shuffled, rows}, 1),
            torch::stack({torch::ones_like(rows), torch::zeros_like(rows), rows}, 1),
        });
        maps.emplace_back("given", ops.mapFromPairs(pairs, 3, voxels.size(), voxels.size()));
    }
    return maps;
}

class SparseGradients : public testing::TestWithParam<std::shared_ptr<const SparseOps>> {
  protected:
    const SparseOps& ops() const { return *GetParam(); }
};

TEST_P(SparseGradients, OfConvolutionsMatchTheDefinitionOnEveryCase) {
    const std::pair<int, int> channels[] = {{4, 8}, {1, 1}, {3, 19}, {19, 33}, {24, 24}, {7, 81}};
    for (const auto& [name, coords] : test::coordinateCases()) {
        const auto voxels = ops().unique(coords).voxels;
        for (const auto& [kind, map] : mapsOver(ops(), voxels)) {
            for (const auto& [in, out] : channels) {
                SCOPED_TRACE(
                    name + ", " + kind + ", " + std::to_string(in) + " -> " + std::to_string(out)
                );
                const auto features = randomMatrix(map->rowsIn(), in, 1);
                const auto weight =
                    randomMatrix(map->volume() * in, out, 2).reshape({map->volume(), in, out});
                const auto gradient = randomMatrix(map->rowsOut(), out, 3);
                const auto exact = gradientsInDouble(features, *map, weight, gradient);
                EXPECT_LT(
                    relativeError(ops().featureGradient(gradient, *map, weight), exact.features),
                    1e-5
                );
                EXPECT_LT(
                    relativeError(ops().weightGradient(features, *map, gradient), exact.weight),
                    1e-5
                );
            }
        }
    }
}

TEST_P(SparseGradients, ReadStridedRows) {
    const auto voxels = ops().unique(test::randomCoordinates(500, 0, 12, 1, 5)).voxels;
    const auto map = ops().submanifoldMap(voxels, 3);
    const auto features = randomMatrix(voxels.size(), 30, 1).narrow(1, 5, 20);
    const auto gradient = randomMatrix(voxels.size(), 40, 2).narrow(1, 8, 12);
    const auto weight = randomMatrix(27 * 20, 12, 3).reshape({27, 20, 12});
    const auto exact = gradientsInDouble(features, *map, weight, gradient);
    EXPECT_LT(relativeError(ops().featureGradient(gradient, *map, weight), exact.features), 1e-5);
    EXPECT_LT(relativeError(ops().weightGradient(features, *map, gradient), exact.weight), 1e-5);
}

/// A linear operator L and its gradient are adjoint: <L x, y> = <x, L^T y>.
TEST_P(SparseGradients, OfPointOperatorsAreTheirAdjoints) {
    for (const int stride : {1, 4}) {
        auto points = torch::cat({torch::zeros({700, 1}), randomMatrix(700, 3, 71) * 12}, 1);
        const auto cells = torch::floor(
            points / torch::tensor({1.0F, float(stride), float(stride), float(stride)})
        );
        // Some points lie in voxels that are not occupied.
        const auto voxels = ops().unique(cells.narrow(0, 0, 500).to(torch::kInt32)).voxels;
        const auto map = ops().mapPoints(points, voxels, stride);
        for (const int channels : {1, 7, 16, 40}) {
            const auto ofPoints = randomMatrix(700, channels, 1);
            const auto ofVoxels = randomMatrix(voxels.size(), channels, 2);
            const auto inner = [](const Tensor& a, const Tensor& b) {
                return (a.to(torch::kFloat64) * b.to(torch::kFloat64)).sum().item<double>();
            };
            EXPECT_NEAR(
                inner(ops().pointsToVoxels(ofPoints, map), ofVoxels),
                inner(ofPoints, ops().pointsToVoxelsGradient(ofVoxels, map)),
                2e-3
            );
            EXPECT_NEAR(
                inner(ops().voxelsToPoints(ofVoxels, map), ofPoints),
                inner(ofVoxels, ops().voxelsToPointsGradient(ofPoints, map)),
                2e-3
            );
        }
    }
}

/// The adjoint alone would not see two errors that cancel: the reference has the same elements.
TEST(SparseGradientsOfPoints, AreThoseOfTheReference) {
    const auto reference = makeReferenceOps();
    const auto cpu = makeCpuOps();
    const auto points = torch::cat({torch::zeros({900, 1}), randomMatrix(900, 3, 5) * 8}, 1);
    const auto voxels =
        reference->unique(torch::floor(points).narrow(0, 0, 600).to(torch::kInt32)).voxels;
    const auto map = reference->mapPoints(points, voxels, 1);
    const auto ofPoints = randomMatrix(900, 19, 1);
    const auto ofVoxels = randomMatrix(voxels.size(), 19, 2);
    EXPECT_LT(
        relativeError(
            cpu->pointsToVoxelsGradient(ofVoxels, map),
            reference->pointsToVoxelsGradient(ofVoxels, map).to(torch::kFloat64)
        ),
        1e-5
    );
    EXPECT_LT(
        relativeError(
            cpu->voxelsToPointsGradient(ofPoints, map),
            reference->voxelsToPointsGradient(ofPoints, map).to(torch::kFloat64)
        ),
        1e-5
    );
}

INSTANTIATE_TEST_SUITE_P(
    Implementations,
    SparseGradients,
    testing::Values(makeReferenceOps(), makeCpuOps()),
    [](const auto& implementation) { return implementation.param->name(); }
);

class CpuGradients : public testing::Test {
  protected:
    void TearDown() override {
        unsetenv("SISKIN_CPU_ISA");
        setThreadCount(0);
    }

    std::vector<Tensor> all() const {
        const auto voxels = cpu_->unique(test::randomCoordinates(6000, 0, 40, 2, 9)).voxels;
        const auto map = cpu_->submanifoldMap(voxels, 3);
        const auto features = randomMatrix(voxels.size(), 19, 1);
        const auto gradient = randomMatrix(voxels.size(), 40, 2);
        const auto weight = randomMatrix(27 * 19, 40, 3).reshape({27, 19, 40});
        const auto places = cpu_->mapPoints(voxels.coords.to(torch::kFloat32), voxels, 1);
        return {
            cpu_->featureGradient(gradient, *map, weight),
            cpu_->weightGradient(features, *map, gradient),
            cpu_->pointsToVoxelsGradient(gradient, places),
            cpu_->voxelsToPointsGradient(gradient, places)};
    }

  private:
    std::shared_ptr<const SparseOps> cpu_ = makeCpuOps();
};

TEST_F(CpuGradients, AreTheSameOnAnyNumberOfThreads) {
    setThreadCount(1);
    const auto one = all();
    for (const int threads : {2, 7}) {
        setThreadCount(threads);
        const auto many = all();
        for (std::size_t i = 0; i < one.size(); ++i) {
            EXPECT_TRUE(torch::equal(one[i], many[i])) << threads << " threads, gradient " << i;
        }
    }
}

TEST_F(CpuGradients, AreTheSameOnEveryInstructionSet) {
    const auto fastest = all();
    for (const char* isa : {"baseline", "avx2"}) {
        setenv("SISKIN_CPU_ISA", isa, 1);
        const auto other = all();
        for (std::size_t i = 0; i < fastest.size(); ++i) {
            EXPECT_LT(relativeError(other[i], fastest[i].to(torch::kFloat64)), 1e-5)
                << isa << ", gradient " << i;
        }
    }
}

} // namespace
} // namespace siskin
