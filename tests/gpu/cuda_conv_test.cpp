// SPDX-License-Identifier: MIT
// The convolutions of the CUDA core in its own formats: against float64 whatever the tiles and
// splits, the same bits every time, and the yardsticks' ways of computing.
#include "core/base/error.hpp"
#include "tests/gpu/sparse_on_host.hpp"
#include "tests/support/sparse_cases.hpp"

#include <gtest/gtest.h>

namespace siskin {
namespace {

using gpu::DataFlow;
using test::convolveInDouble;
using test::randomMatrix;
using torch::Tensor;

/// Root of the mean squared error over that of the values.
double relativeError(const Tensor& value, const Tensor& exact) {
    return ((value.to(torch::kFloat64) - exact).square().mean() / exact.square().mean())
        .sqrt()
        .item<double>();
}

std::shared_ptr<const SparseOps> opsOf(const CudaOptions& options) {
    return std::make_shared<test::SparseOnHost>(options);
}

/// Issue's limits: relative, per layer.
double allowedError(Precision precision) {
    return precision == Precision::BFloat16 ? 2e-2 : 3e-3;
}

/// A convolution with all that can be added to it.
struct Layer {
    VoxelSet voxels;
    KernelMapPtr map;
    Tensor features;
    Tensor weight;
    Tensor bias;
    Tensor residual;
};

Layer makeLayer(
    const SparseOps& ops, int kernel, std::int64_t in, std::int64_t out, int voxels = 900
) {
    Layer layer;
    layer.voxels = ops.unique(test::randomCoordinates(voxels, 0, 15, 1, 71)).voxels;
    layer.map = ops.submanifoldMap(layer.voxels, kernel);
    layer.features = randomMatrix(layer.voxels.size(), in, 72);
    const std::int64_t volume = layer.map->volume();
    layer.weight = randomMatrix(volume * in, out, 73).reshape({volume, in, out});
    layer.bias = randomMatrix(1, out, 74)[0];
    layer.residual = randomMatrix(layer.voxels.size(), out, 75);
    return layer;
}

Tensor run(const SparseOps& ops, const Layer& layer) {
    const auto conv = ops.prepare(layer.weight, layer.bias, Activation::Relu);
    return ops.convolve(layer.features, *layer.map, *conv, layer.residual);
}

Tensor exactly(const Layer& layer) {
    return convolveInDouble(
        layer.features, *layer.map, layer.weight, layer.bias, layer.residual, true
    );
}

class CudaPrecision : public testing::TestWithParam<Precision> {
  protected:
    std::shared_ptr<const SparseOps> ops = opsOf({.precision = GetParam()});
};

TEST_P(CudaPrecision, StaysNearDoubleOnEveryChannelCount) {
    const std::pair<int, int> channels[] = {
        {4, 32},
        {1, 1},
        {3, 19},
        {8, 8},
        {9, 24},
        {19, 33},
        {32, 96},
        {20, 81},
        {81, 4},
        {40, 130}};
    for (const auto& [in, out] : channels) {
        SCOPED_TRACE(std::to_string(in) + " -> " + std::to_string(out));
        const auto layer = makeLayer(*ops, 3, in, out);
        const auto exact = exactly(layer);
        const double error = relativeError(run(*ops, layer), exact);
        EXPECT_LT(error, allowedError(GetParam()));
        EXPECT_GT(error, 1e-7); // really another precision
    }
}

TEST_P(CudaPrecision, EveryKernelSize) {
    for (const int kernel : {1, 2, 3, 4, 5}) {
        SCOPED_TRACE(kernel);
        const auto layer = makeLayer(*ops, kernel, 12, 20, 500);
        EXPECT_LT(relativeError(run(*ops, layer), exactly(layer)), allowedError(GetParam()));
    }
}

TEST_P(CudaPrecision, StridedMaps) {
    const auto fine = ops->unique(test::randomCoordinates(1500, -20, 20, 2, 7)).voxels;
    const auto coarsening = ops->coarsen(fine);
    const auto weight = randomMatrix(8 * 24, 40, 8).reshape({8, 24, 40});
    const auto conv = ops->prepare(weight, {}, Activation::None);
    for (const auto& map : {coarsening.down, coarsening.up}) {
        const auto features = randomMatrix(map->rowsIn(), 24, 9);
        EXPECT_LT(
            relativeError(
                ops->convolve(features, *map, *conv), convolveInDouble(features, *map, weight)
            ),
            allowedError(GetParam())
        );
    }
}

TEST_P(CudaPrecision, ProjectedShortcutsWithEverySplit) {
    for (const int splits : {1, 2, 3, 4}) {
        SCOPED_TRACE(splits);
        const auto forced = opsOf({.precision = GetParam(), .choice = {.splits = splits}});
        const auto layer = makeLayer(*forced, 3, 24, 40);
        const auto other = randomMatrix(layer.voxels.size(), 72, 76).narrow(1, 5, 56);
        const auto through = randomMatrix(56, 40, 77).reshape({1, 56, 40});
        const auto throughBias = randomMatrix(1, 40, 78)[0];
        const auto conv = forced->prepare(layer.weight, layer.bias, Activation::Relu);
        const auto projection = forced->prepare(through, throughBias, Activation::None);
        const auto added = torch::mm(other.to(torch::kFloat64), through[0].to(torch::kFloat64));
        const auto exact = convolveInDouble(
            layer.features, *layer.map, layer.weight, layer.bias, added + throughBias, true
        );
        const auto result =
            forced->convolve(layer.features, *layer.map, *conv, {other, projection.get()});
        EXPECT_LT(relativeError(result, exact), allowedError(GetParam()));
    }
}

TEST_P(CudaPrecision, SplitsAndTilesDoNotChangeWhatIsComputed) {
    for (const int channels : {16, 48, 64, 96, 128}) { // each width of tiles
        const auto layer = makeLayer(*ops, 3, 32, channels, 700);
        const auto exact = exactly(layer);
        for (const int splits : {1, 2, 3, 4}) {
            for (const int rows : {64, 128}) {
                SCOPED_TRACE(
                    std::to_string(channels) + " channels, " + std::to_string(splits) +
                    " splits, " + std::to_string(rows) + " rows"
                );
                const auto forced =
                    opsOf({.precision = GetParam(), .choice = {.splits = splits, .tileRows = rows}}
                    );
                const auto own = makeLayer(*forced, 3, 32, channels, 700);
                const auto first = run(*forced, own);
                EXPECT_LT(relativeError(first, exact), allowedError(GetParam()));
                EXPECT_TRUE(torch::equal(run(*forced, own), first)) << "a repeat differs";
            }
        }
    }
}

TEST_P(CudaPrecision, WritesColumnRangesOfWiderMatrices) {
    const auto layer = makeLayer(*ops, 3, 16, 24);
    const auto conv = ops->prepare(layer.weight, layer.bias, Activation::Relu);
    auto wide = torch::full({layer.voxels.size(), 56}, 7.0F);
    ops->convolve(layer.features, *layer.map, *conv, layer.residual, wide.narrow(1, 8, 24));
    EXPECT_LT(relativeError(wide.narrow(1, 8, 24), exactly(layer)), allowedError(GetParam()));
    EXPECT_TRUE((wide.narrow(1, 0, 8) == 7.0F).all().item<bool>());
    EXPECT_TRUE((wide.narrow(1, 32, 24) == 7.0F).all().item<bool>());
}

INSTANTIATE_TEST_SUITE_P(
    Precisions,
    CudaPrecision,
    testing::Values(Precision::Float16, Precision::BFloat16, Precision::TensorFloat32),
    [](const auto& precision) { return std::string(toString(precision.param)); }
);

/// Metres around 80 in steps finer than 16 bits have. tf32 has the mantissa of fp16 and takes
/// coordinates as they are.
TEST(CudaFirstLayer, SeesWholeCoordinates) {
    for (const auto precision : {Precision::Float16, Precision::BFloat16}) {
        SCOPED_TRACE(toString(precision));
        const auto ops = opsOf({.precision = precision});
        auto layer = makeLayer(*ops, 3, 4, 32);
        layer.features = layer.features * 0.01 + 80.0;
        const auto type = precision == Precision::Float16 ? torch::kFloat16 : torch::kBFloat16;
        const auto rounded = layer.features.to(type).to(torch::kFloat32);
        const auto weight = layer.weight.to(type).to(torch::kFloat32); // exact, to see the input's
        layer.weight = weight;
        const auto exact = convolveInDouble(layer.features, *layer.map, weight);
        const auto conv = ops->prepare(weight, {}, Activation::None);
        const double error = relativeError(ops->convolve(layer.features, *layer.map, *conv), exact);
        EXPECT_LT(error, 1e-5);
        EXPECT_GT(relativeError(convolveInDouble(rounded, *layer.map, weight), exact), 10 * error);
    }
}

TEST(CudaDataFlows, AgreeWithDouble) {
    for (const auto precision :
         {Precision::BFloat16, Precision::TensorFloat32, Precision::Float32}) {
        for (const auto flow : {DataFlow::Fused, DataFlow::SingleSort, DataFlow::GatherScatter}) {
            SCOPED_TRACE(std::string(toString(precision)) + std::to_string(static_cast<int>(flow)));
            const auto ops = opsOf({.precision = precision, .flow = flow});
            const auto layer = makeLayer(*ops, 3, 24, 40);
            // A pass of its own for bias, shortcut and ReLU rounds once more each.
            EXPECT_LT(relativeError(run(*ops, layer), exactly(layer)), allowedError(precision));
            const auto through = randomMatrix(24, 40, 79).reshape({1, 24, 40});
            const auto conv = ops->prepare(layer.weight, layer.bias, Activation::Relu);
            const auto projection = ops->prepare(through, {}, Activation::None);
            const auto added =
                torch::mm(layer.features.to(torch::kFloat64), through[0].to(torch::kFloat64));
            const auto exact =
                convolveInDouble(layer.features, *layer.map, layer.weight, layer.bias, added, true);
            const auto result = ops->convolve(
                layer.features, *layer.map, *conv, {layer.features, projection.get()}
            );
            EXPECT_LT(relativeError(result, exact), allowedError(precision));
        }
    }
}

TEST(CudaMaps, ExpectedLevelsAreTheOnesAskedForLater) {
    const auto ops = opsOf({});
    const auto coords = test::randomCoordinates(2500, -40, 40, 2, 12);
    auto expected = ops->unique(coords).voxels;
    auto plain = ops->unique(coords).voxels;
    EXPECT_TRUE(ops->expectLevels(expected, 5, 3));
    for (int level = 0; level < 5; ++level) {
        SCOPED_TRACE(level);
        ASSERT_TRUE(torch::equal(expected.coords, plain.coords));
        EXPECT_EQ(
            test::pairsOf(*ops->submanifoldMap(expected, 3)), test::bruteForceSubmanifold(plain, 3)
        );
        if (level < 4) {
            const auto first = ops->coarsen(expected);
            const auto second = ops->coarsen(plain);
            EXPECT_EQ(test::pairsOf(*first.down), test::pairsOf(*second.down));
            EXPECT_EQ(test::pairsOf(*first.up), test::pairsOf(*second.up));
            expected = first.coarse;
            plain = second.coarse;
        }
    }
}

TEST(CudaMaps, SetsInAnyOrderAreLookedUp) {
    const auto ops = opsOf({});
    const auto own = ops->unique(test::randomCoordinates(1200, -9, 9, 2, 13)).voxels;
    const auto shuffled = VoxelSet{own.coords.index_select(0, torch::randperm(own.size()))};
    EXPECT_EQ(
        test::pairsOf(*ops->submanifoldMap(shuffled, 3)), test::bruteForceSubmanifold(shuffled, 3)
    );
    const auto coarsening = ops->coarsen(shuffled);
    EXPECT_EQ(test::pairsOf(*coarsening.down), test::bruteForceDown(shuffled, coarsening.coarse));
}

TEST(CudaMaps, CoarseningEndsWithAMessage) {
    const auto ops = opsOf({});
    auto voxels = ops->unique(test::randomCoordinates(50, 0, 1000, 1, 14)).voxels;
    EXPECT_THROW(
        {
            for (int i = 0; i < 20; ++i) {
                voxels = ops->coarsen(voxels).coarse;
            }
        },
        DeviceError
    );
}

TEST(CudaOpsTest, RefusesInt8) {
    EXPECT_THROW(
        opsOf({})->inPrecision(Precision::Int8)->unique(torch::empty({0, 4}, torch::kInt32)),
        DeviceError
    );
}

} // namespace
} // namespace siskin
