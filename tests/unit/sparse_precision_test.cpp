// SPDX-License-Identifier: MIT
// Reduced precisions against double precision: how far they may be off, that they do not depend on
// threads, and that int8 asks for its calibration.
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "tests/support/sparse_cases.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>

namespace siskin {
namespace {

using test::convolveInDouble;
using test::randomMatrix;
using testing::AllOf;
using testing::HasSubstr;

/// Root of the mean squared error over that of the values.
double relativeError(const torch::Tensor& value, const torch::Tensor& exact) {
    return ((value.to(torch::kFloat64) - exact).square().mean() / exact.square().mean())
        .sqrt()
        .item<double>();
}

struct Layer {
    VoxelSet voxels;
    KernelMapPtr map;
    torch::Tensor features; ///< as after a ReLU, of very different size from channel to channel
    torch::Tensor weight;
};

Layer makeLayer(const SparseOps& ops, std::int64_t in, std::int64_t out) {
    Layer layer;
    layer.voxels = ops.unique(test::randomCoordinates(4000, 0, 30, 1, 71)).voxels;
    layer.map = ops.submanifoldMap(layer.voxels, 3);
    const auto size = torch::linspace(0.05, 4.0, in);
    layer.features = torch::relu(randomMatrix(layer.voxels.size(), in, 72)) * size;
    layer.weight = randomMatrix(27 * in, out, 73).reshape({27, in, out});
    return layer;
}

/// Visibly skipped on a processor without such instructions.
class PrecisionTest : public testing::Test {
  protected:
    void open(Precision precision) {
        try {
            ops = makeCpuOps(precision);
        } catch (const DeviceError& error) {
            GTEST_SKIP() << error.line();
        }
    }

    std::shared_ptr<const SparseOps> ops;
};

class ReducedPrecision : public PrecisionTest, public testing::WithParamInterface<Precision> {
  protected:
    void SetUp() override { open(GetParam()); }
};

class Int8 : public PrecisionTest {
  protected:
    void SetUp() override { open(Precision::Int8); }
};

TEST_P(ReducedPrecision, StaysNearDoubleOnEveryChannelCount) {
    const double allowed = GetParam() == Precision::Float16    ? 3e-3
                           : GetParam() == Precision::BFloat16 ? 6e-3
                                                               : 2e-2;
    const std::pair<int, int> channels[] = {
        {4, 8}, {3, 19}, {16, 16}, {19, 24}, {20, 81}, {81, 4}, {163, 32}, {256, 64}};
    for (const auto& [in, out] : channels) {
        SCOPED_TRACE(std::to_string(in) + " -> " + std::to_string(out));
        const auto layer = makeLayer(*ops, in, out);
        const auto conv = ops->prepare(layer.weight, {}, Activation::None);
        const auto calibrated = ops->calibrate(layer.features, *layer.map, *conv);
        const auto result = ops->convolve(layer.features, *layer.map, *conv);
        const auto exact = convolveInDouble(layer.features, *layer.map, layer.weight);
        EXPECT_LT(relativeError(result, exact), allowed);
        EXPECT_GT(relativeError(result, exact), 1e-6); // really another precision
        if (GetParam() == Precision::Int8) {
            EXPECT_LT(relativeError(calibrated, exact), 1e-5);
        }
    }
}

TEST_P(ReducedPrecision, DoesNotDependOnThreads) {
    const auto layer = makeLayer(*ops, 24, 40);
    const auto conv = ops->prepare(layer.weight, {}, Activation::Relu);
    ops->calibrate(layer.features, *layer.map, *conv);
    setThreadCount(1);
    const auto once = ops->convolve(layer.features, *layer.map, *conv);
    for (const int threads : {2, 7}) {
        setThreadCount(threads);
        EXPECT_TRUE(torch::equal(ops->convolve(layer.features, *layer.map, *conv), once));
    }
    setThreadCount(0);
}

TEST_P(ReducedPrecision, AddsShortcuts) {
    const auto layer = makeLayer(*ops, 24, 40);
    const auto through = randomMatrix(24, 40, 74).reshape({1, 24, 40});
    const auto conv = ops->prepare(layer.weight, {}, Activation::None);
    const auto projection = ops->prepare(through, {}, Activation::None);
    const Shortcut shortcut(layer.features, projection.get());
    ops->calibrate(layer.features, *layer.map, *conv, shortcut);
    const auto result = ops->convolve(layer.features, *layer.map, *conv, shortcut);
    const auto exact =
        convolveInDouble(layer.features, *layer.map, layer.weight) +
        torch::mm(layer.features.to(torch::kFloat64), through[0].to(torch::kFloat64));
    EXPECT_LT(relativeError(result, exact), 2e-2);
}

INSTANTIATE_TEST_SUITE_P(
    Precisions,
    ReducedPrecision,
    testing::Values(Precision::Float16, Precision::BFloat16, Precision::Int8),
    [](const auto& test) { return std::string(toString(test.param)); }
);

TEST_F(Int8, AsksForItsCalibration) {
    const auto layer = makeLayer(*ops, 8, 8);
    const auto conv = ops->prepare(layer.weight, {}, Activation::None);
    EXPECT_THROW(ops->convolve(layer.features, *layer.map, *conv), DeviceError);
}

TEST_F(Int8, ComputesLayersWithNegativeInputInFloat32) {
    auto layer = makeLayer(*ops, 4, 16);
    layer.features = layer.features - 1.0;
    const auto conv = ops->prepare(layer.weight, {}, Activation::None);
    ops->calibrate(layer.features, *layer.map, *conv);
    const auto exact = convolveInDouble(layer.features, *layer.map, layer.weight);
    EXPECT_LT(relativeError(ops->convolve(layer.features, *layer.map, *conv), exact), 1e-6);
}

TEST_F(Int8, ACalibrationWidensTheRange) {
    const auto layer = makeLayer(*ops, 16, 16);
    const auto conv = ops->prepare(layer.weight, {}, Activation::None);
    const auto exact = convolveInDouble(layer.features, *layer.map, layer.weight);
    ops->calibrate(layer.features * 0.1, *layer.map, *conv); // too narrow: values are cut off
    const double narrow = relativeError(ops->convolve(layer.features, *layer.map, *conv), exact);
    ops->calibrate(layer.features, *layer.map, *conv);
    const double fitting = relativeError(ops->convolve(layer.features, *layer.map, *conv), exact);
    EXPECT_GT(narrow, 0.1);
    EXPECT_LT(fitting, 2e-2);
}

TEST(PrecisionNames, AreReadBack) {
    for (const auto precision :
         {Precision::Float32,
          Precision::TensorFloat32,
          Precision::Float16,
          Precision::BFloat16,
          Precision::Int8}) {
        EXPECT_EQ(precisionFromName(toString(precision)), precision);
    }
    EXPECT_THROW(precisionFromName("fp64"), ConfigError);
    EXPECT_THROW(makeReferenceOps()->inPrecision(Precision::Int8), DeviceError);
}

TEST(PrecisionNames, TensorFloat32IsForGpus) {
    const auto refusal = [](const SparseOps& ops) -> std::string {
        try {
            ops.inPrecision(Precision::TensorFloat32);
        } catch (const DeviceError& error) {
            return error.line();
        }
        return "accepted";
    };
    EXPECT_THAT(refusal(*makeCpuOps()), AllOf(HasSubstr("no fast tf32"), HasSubstr("use fp32")));
    EXPECT_THAT(refusal(*makeCpuOps()), HasSubstr("tf32 a GPU"));
    EXPECT_THAT(refusal(*makeReferenceOps()), HasSubstr("computes in fp32, not tf32"));
}

} // namespace
} // namespace siskin
