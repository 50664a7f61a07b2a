// SPDX-License-Identifier: MIT
// Convolution against double precision and dense conv3d; independence of threads and instruction
// sets.
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/sparse/checks.hpp"
#include "core/sparse/kernel_offsets.hpp"
#include "tests/support/sparse_cases.hpp"
#include "tests/support/sparse_implementations.hpp"

#include <gtest/gtest.h>
#include <torch/nn/functional.h>

#include <cstdlib>
#include <gmock/gmock.h>

namespace siskin {
namespace {

using test::convolveInDouble;
using test::randomMatrix;
using testing::HasSubstr;

double relativeError(const torch::Tensor& value, const torch::Tensor& exact) {
    const double scale =
        exact.numel() == 0 ? 1.0 : std::max(1e-12, exact.abs().max().item<double>());
    return exact.numel() == 0
               ? 0.0
               : (value.to(torch::kFloat64) - exact).abs().max().item<double>() / scale;
}

class SparseConvolution : public testing::TestWithParam<std::shared_ptr<const SparseOps>> {
  protected:
    const SparseOps& ops() const { return *GetParam(); }
};

TEST_P(SparseConvolution, MatchesDoubleOnEveryCaseAndChannelCount) {
    const std::pair<int, int> channels[] = {
        {4, 8}, {1, 1}, {3, 19}, {16, 16}, {19, 33}, {20, 81}, {7, 163}, {64, 96}};
    for (const auto& [name, coords] : test::coordinateCases()) {
        const auto voxels = ops().unique(coords).voxels;
        const auto map = ops().submanifoldMap(voxels, 3);
        for (const auto& [in, out] : channels) {
            SCOPED_TRACE(name + ", " + std::to_string(in) + " -> " + std::to_string(out));
            const auto features = randomMatrix(voxels.size(), in, 1);
            const auto weight = randomMatrix(27 * in, out, 2).reshape({27, in, out});
            const auto bias = randomMatrix(1, out, 3)[0];
            const auto residual = randomMatrix(voxels.size(), out, 4);
            const auto conv = ops().prepare(weight, bias, Activation::Relu);
            const auto result = ops().convolve(features, *map, *conv, residual);
            const auto exact = convolveInDouble(features, *map, weight, bias, residual, true);
            EXPECT_LT(relativeError(result, exact), 1e-5);
        }
    }
}

TEST_P(SparseConvolution, AddsAProjectedShortcut) {
    const auto voxels = ops().unique(test::randomCoordinates(900, 0, 14, 1, 5)).voxels;
    const auto map = ops().submanifoldMap(voxels, 3);
    for (const int out : {8, 19, 64}) {
        const auto features = randomMatrix(voxels.size(), 10, 1);
        const auto weight = randomMatrix(27 * 10, out, 2).reshape({27, 10, out});
        const auto bias = randomMatrix(1, out, 3)[0];
        const auto through = randomMatrix(13, out, 4).reshape({1, 13, out});
        const auto throughBias = randomMatrix(1, out, 5)[0];
        const auto wide = randomMatrix(voxels.size(), 20, 6);
        const auto other = wide.narrow(1, 7, 13);
        const auto conv = ops().prepare(weight, bias, Activation::Relu);
        const auto projection = ops().prepare(through, throughBias, Activation::None);
        const auto residual =
            torch::mm(other.to(torch::kFloat64), through[0].to(torch::kFloat64)) + throughBias;
        EXPECT_LT(
            relativeError(
                ops().convolve(features, *map, *conv, {other, projection.get()}),
                convolveInDouble(features, *map, weight, bias, residual, true)
            ),
            1e-5
        ) << out;
    }
}

TEST_P(SparseConvolution, RefusesAShortcutThatDoesNotFit) {
    const auto voxels = ops().unique(test::randomCoordinates(50, 0, 9, 1, 5)).voxels;
    const auto map = ops().submanifoldMap(voxels, 3);
    const auto conv =
        ops().prepare(randomMatrix(27 * 4, 8, 2).reshape({27, 4, 8}), {}, Activation::Relu);
    const auto features = randomMatrix(voxels.size(), 4, 1);
    const auto narrow =
        ops().prepare(randomMatrix(4, 7, 3).reshape({1, 4, 7}), {}, Activation::None);
    const auto activated =
        ops().prepare(randomMatrix(4, 8, 3).reshape({1, 4, 8}), {}, Activation::Relu);
    EXPECT_THROW(ops().convolve(features, *map, *conv, {features}), DeviceError);
    EXPECT_THROW(ops().convolve(features, *map, *conv, {features, narrow.get()}), DeviceError);
    EXPECT_THROW(ops().convolve(features, *map, *conv, {features, activated.get()}), DeviceError);
}

TEST_P(SparseConvolution, StridedMapsAndNoBias) {
    const auto fine = ops().unique(test::randomCoordinates(3000, -20, 20, 2, 7)).voxels;
    const auto coarsening = ops().coarsen(fine);
    const auto weight = randomMatrix(8 * 12, 20, 8).reshape({8, 12, 20});
    const auto conv = ops().prepare(weight, {}, Activation::None);
    const auto down = randomMatrix(fine.size(), 12, 9);
    EXPECT_LT(
        relativeError(
            ops().convolve(down, *coarsening.down, *conv),
            convolveInDouble(down, *coarsening.down, weight, {}, {}, false)
        ),
        1e-5
    );
    const auto up = randomMatrix(coarsening.coarse.size(), 12, 10);
    EXPECT_LT(
        relativeError(
            ops().convolve(up, *coarsening.up, *conv),
            convolveInDouble(up, *coarsening.up, weight, {}, {}, false)
        ),
        1e-5
    );
}

TEST_P(SparseConvolution, ReadsAndWritesColumnRangesOfWiderMatrices) {
    const auto voxels = ops().unique(test::randomCoordinates(500, 0, 12, 1, 11)).voxels;
    const auto map = ops().submanifoldMap(voxels, 3);
    const auto weight = randomMatrix(27 * 6, 10, 12).reshape({27, 6, 10});
    const auto conv = ops().prepare(weight, {}, Activation::None);
    const auto wide = randomMatrix(voxels.size(), 20, 13);
    auto target = torch::full({voxels.size(), 30}, 7.0F);
    const auto features = wide.narrow(1, 5, 6);
    ops().convolve(features, *map, *conv, {}, target.narrow(1, 3, 10));
    const auto exact = convolveInDouble(features, *map, weight, {}, {}, false);
    EXPECT_LT(relativeError(target.narrow(1, 3, 10), exact), 1e-5);
    EXPECT_TRUE((target.narrow(1, 0, 3) == 7.0F).all().item<bool>());
    EXPECT_TRUE((target.narrow(1, 13, 17) == 7.0F).all().item<bool>());
}

TEST_P(SparseConvolution, EqualsDenseConvolution) {
    const std::int64_t size = 9;
    const auto voxels =
        ops().unique(test::randomCoordinates(200, 0, static_cast<int>(size), 1, 21)).voxels;
    const auto features = randomMatrix(voxels.size(), 5, 22);
    auto grid = torch::zeros({1, 5, size, size, size});
    const auto c = voxels.coords.to(torch::kInt64);
    const auto x = c.select(1, 1);
    const auto y = c.select(1, 2);
    const auto z = c.select(1, 3);
    grid[0].index_put_({torch::indexing::Slice(), x, y, z}, features.t());
    for (const int kernel : {3, 5}) {
        const auto weight = randomMatrix(kernel * kernel * kernel * 5, 4, 23).reshape({-1, 5, 4});
        auto dense = torch::zeros({4, 5, kernel, kernel, kernel});
        const auto offsets = kernelOffsets(kernel);
        for (std::size_t k = 0; k < offsets.size(); ++k) {
            const int half = kernel / 2;
            dense.index_put_(
                {torch::indexing::Slice(),
                 torch::indexing::Slice(),
                 offsets[k][0] + half,
                 offsets[k][1] + half,
                 offsets[k][2] + half},
                weight[static_cast<std::int64_t>(k)].t()
            );
        }
        const auto expected = torch::conv3d(grid, dense, {}, 1, kernel / 2)[0]
                                  .index({torch::indexing::Slice(), x, y, z})
                                  .t();
        const auto result = ops().convolve(
            features,
            *ops().submanifoldMap(voxels, kernel),
            *ops().prepare(weight, {}, Activation::None)
        );
        EXPECT_LT(relativeError(result, expected.to(torch::kFloat64)), 1e-5);
    }
}

TEST_P(SparseConvolution, StridedEqualsDenseStridedConvolution) {
    const auto voxels = ops().unique(test::randomCoordinates(300, 0, 10, 1, 31)).voxels;
    const auto features = randomMatrix(voxels.size(), 3, 32);
    auto grid = torch::zeros({1, 3, 10, 10, 10});
    const auto c = voxels.coords.to(torch::kInt64);
    grid[0].index_put_(
        {torch::indexing::Slice(), c.select(1, 1), c.select(1, 2), c.select(1, 3)}, features.t()
    );
    const auto weight = randomMatrix(8 * 3, 6, 33).reshape({8, 3, 6});
    // Even kernels are stored x slowest, z fastest: a plain reshape.
    const auto dense = weight.reshape({2, 2, 2, 3, 6}).permute({4, 3, 0, 1, 2});
    const auto full = torch::conv3d(grid, dense, {}, 2)[0];
    const auto coarsening = ops().coarsen(voxels);
    const auto d = coarsening.coarse.coords.to(torch::kInt64);
    const auto expected =
        full.index({torch::indexing::Slice(), d.select(1, 1), d.select(1, 2), d.select(1, 3)}).t();
    const auto result =
        ops().convolve(features, *coarsening.down, *ops().prepare(weight, {}, Activation::None));
    EXPECT_LT(relativeError(result, expected.to(torch::kFloat64)), 1e-5);
}

TEST_P(SparseConvolution, WrongShapesAreNamed) {
    const auto map = ops().identityMap(4);
    const auto conv = ops().prepare(randomMatrix(3, 2, 1).unsqueeze(0), {}, Activation::None);
    EXPECT_THROW(ops().convolve(randomMatrix(4, 5, 1), *map, *conv), DeviceError);
    EXPECT_THROW(ops().convolve(randomMatrix(3, 3, 1), *map, *conv), DeviceError);
    EXPECT_THROW(
        ops().convolve(randomMatrix(4, 3, 1), *map, *conv, randomMatrix(4, 3, 1)), DeviceError
    );
    EXPECT_THROW(ops().prepare(randomMatrix(3, 2, 1), {}, Activation::None), DeviceError);
}

INSTANTIATE_TEST_SUITE_P(
    Implementations,
    SparseConvolution,
    testing::ValuesIn(test::sparseImplementations()),
    [](const auto& implementation) { return implementation.param->name(); }
);

TEST(ReferenceConvolution, GradientsFlowToFeaturesAndWeights) {
    const auto ops = makeReferenceOps();
    const auto voxels = ops->unique(test::randomCoordinates(60, 0, 6, 1, 41)).voxels;
    const auto map = ops->submanifoldMap(voxels, 3);
    const auto features = randomMatrix(voxels.size(), 3, 42).requires_grad_();
    const auto weight = randomMatrix(27 * 3, 2, 43).reshape({27, 3, 2}).requires_grad_();
    const auto sum =
        ops->convolve(features, *map, *ops->prepare(weight, {}, Activation::None)).sum();
    sum.backward();
    // d sum / d weight[k] = sum of the input rows that offset k meets.
    const auto pairs = map->pairs();
    for (std::int64_t k = 0; k < 27; ++k) {
        const auto rows = pairs.index({pairs.select(1, 0) == k}).select(1, 1);
        const auto expected =
            features.detach().index_select(0, rows).sum(0).unsqueeze(1).expand({3, 2});
        EXPECT_TRUE(torch::allclose(weight.grad()[k], expected, 1e-4, 1e-4));
    }
    EXPECT_EQ(features.grad().size(0), voxels.size());
}

TEST(ConvolutionChecks, NameTheTypeThatIsMissed) {
    const auto ops = makeReferenceOps();
    const auto map = ops->identityMap(5);
    const auto conv = ops->prepare(randomMatrix(4, 6, 1).unsqueeze(0), {}, Activation::None);
    const auto single = randomMatrix(5, 4, 2);
    const auto half = single.to(torch::kFloat16);
    const auto out = torch::empty({5, 6});
    const auto halfOut = out.to(torch::kFloat16);
    const auto problem = [&](const torch::Tensor& in, const torch::Tensor& to, auto... types) {
        try {
            requireConvolution(in, *map, *conv, {}, to, types...);
        } catch (const DeviceError& error) {
            return error.line();
        }
        return std::string();
    };
    EXPECT_EQ(problem(single, out), "");
    EXPECT_EQ(problem(half, halfOut, torch::kFloat16), "");
    EXPECT_EQ(problem(half, out, torch::kFloat16, torch::kFloat32), "");
    EXPECT_THAT(problem(half, out), HasSubstr("input: float32 [5, 4] expected, got float16"));
    EXPECT_THAT(problem(single, out, torch::kBFloat16), HasSubstr("input: bfloat16 [5, 4]"));
    EXPECT_THAT(problem(half, out, torch::kFloat16), HasSubstr("output: float16 [5, 6]"));
    const Shortcut shortcut(out);
    EXPECT_THROW(
        requireConvolution(half, *map, *conv, shortcut, halfOut, torch::kFloat16), DeviceError
    );
}

TEST(CpuConvolution, ResultsDoNotDependOnTheNumberOfThreads) {
    const auto ops = makeCpuOps();
    const auto voxels = ops->unique(test::randomCoordinates(20000, 0, 60, 1, 51)).voxels;
    const auto map = ops->submanifoldMap(voxels, 3);
    const auto features = randomMatrix(voxels.size(), 24, 52);
    const auto conv =
        ops->prepare(randomMatrix(27 * 24, 40, 53).reshape({27, 24, 40}), {}, Activation::Relu);
    setThreadCount(1);
    const auto once = ops->convolve(features, *map, *conv);
    for (const int threads : {2, 7}) {
        setThreadCount(threads);
        EXPECT_TRUE(
            torch::equal(ops->convolve(features, *ops->submanifoldMap(voxels, 3), *conv), once)
        );
    }
    setThreadCount(0);
}

TEST(CpuConvolution, EveryInstructionSetAgrees) {
    const auto voxels = makeCpuOps()->unique(test::randomCoordinates(3000, 0, 20, 1, 61)).voxels;
    int tried = 0;
    for (const char* isa : {"baseline", "avx2", "avx512"}) {
        setenv("SISKIN_CPU_ISA", isa, 1);
        try {
            const auto ops = makeCpuOps();
            const auto map = ops->submanifoldMap(voxels, 3);
            for (const int out : {3, 8, 20, 61}) { // every panel width, and widths combined
                const auto features = randomMatrix(voxels.size(), 21, 62);
                const auto weight = randomMatrix(27 * 21, out, 63).reshape({27, 21, out});
                const auto conv = ops->prepare(weight, {}, Activation::None);
                const auto exact = convolveInDouble(features, *map, weight, {}, {}, false);
                EXPECT_LT(relativeError(ops->convolve(features, *map, *conv), exact), 1e-5)
                    << isa << ", " << out;
            }
            ++tried;
        } catch (const DeviceError&) {
            std::printf("%s: not on this processor\n", isa);
        }
    }
    EXPECT_GE(tried, 1);
    setenv("SISKIN_CPU_ISA", "mmx", 1);
    EXPECT_THROW(makeCpuOps(), DeviceError);
    unsetenv("SISKIN_CPU_ISA");
}

} // namespace
} // namespace siskin
