// SPDX-License-Identifier: MIT
#include "core/run/layer_check.hpp"
#include "tests/support/far_ops.hpp"
#include "tests/support/sparse_cases.hpp"

#include <gtest/gtest.h>

namespace siskin {
namespace {

using test::randomMatrix;
using torch::Tensor;

/// A device whose convolutions to 8 channels are a percent too large, and whose coarse voxels have
/// lost a child.
class WrongOps final : public test::FarOps {
  public:
    WrongOps() : FarOps(false) {}

    Tensor convolve(
        const Tensor& features,
        const KernelMap& map,
        const PreparedConv& conv,
        const Shortcut& shortcut,
        const Tensor& out
    ) const override {
        auto result = FarOps::convolve(features, map, conv, shortcut, out);
        return conv.channelsOut() == 8 ? result.mul_(1.01) : result;
    }

    Coarsening coarsen(const VoxelSet& fine) const override {
        auto result = FarOps::coarsen(fine);
        const auto pairs = result.down->pairs();
        result.down =
            mapFromPairs(pairs.slice(0, 1), 8, result.down->rowsIn(), result.down->rowsOut());
        return result;
    }
};

/// A layer to 16 channels, one to 8, one back to 4, and a step down.
std::vector<LayerCheck> checksOf(std::shared_ptr<const SparseOps> device) {
    const auto checks = std::make_shared<LayerChecks>();
    const auto ops = makeCheckedOps(std::move(device), checks);
    const auto voxels = ops->unique(ops->upload(test::randomCoordinates(300, 0, 9, 1, 5))).voxels;
    const auto map = ops->submanifoldMap(voxels, 3);
    auto features = ops->upload(randomMatrix(voxels.size(), 4, 1));
    const int widths[] = {4, 16, 8, 4};
    for (int i = 0; i < 3; ++i) {
        const int in = widths[i];
        const int out = widths[i + 1];
        const auto conv = ops->prepare(
            randomMatrix(27 * in, out, 2).reshape({27, in, out}),
            randomMatrix(1, out, 3)[0],
            Activation::Relu
        );
        features = ops->convolve(features, *map, *conv);
    }
    ops->coarsen(voxels);
    return checks->all();
}

TEST(LayerChecks, ADeviceThatIsRightPasses) {
    for (const auto& device : {makeCpuOps(), makeReferenceOps()}) {
        const auto checks = checksOf(device);
        ASSERT_EQ(checks.size(), 5U);
        for (const auto& check : checks) {
            EXPECT_TRUE(check.passed()) << check.error;
        }
        EXPECT_TRUE(checks[0].isMap);
        EXPECT_EQ(checks[2].channelsIn, 16);
        EXPECT_EQ(checks[2].channelsOut, 8);
    }
}

TEST(LayerChecks, OnlyTheWrongLayerIsBlamed) {
    const auto checks = checksOf(std::make_shared<WrongOps>());
    ASSERT_EQ(checks.size(), 5U);
    EXPECT_TRUE(checks[0].passed());
    EXPECT_TRUE(checks[1].passed());
    EXPECT_FALSE(checks[2].passed());
    EXPECT_NEAR(checks[2].error, 0.01, 1e-4);
    EXPECT_TRUE(checks[3].passed()) << "it had the wrong layer's output as its input";
    EXPECT_FALSE(checks[4].passed()) << "a map that lost a pair";
    EXPECT_GT(checks[4].error, 0.0);
}

TEST(LayerChecks, TakeTheirNamesFromTheTrace) {
    LayerChecks checks;
    for (const bool isMap : {true, false, false}) {
        LayerCheck check;
        check.isMap = isMap;
        check.name = isMap ? "3x3x3 map" : "";
        checks.add(check);
    }
    Trace trace;
    trace.root.children = {
        {.name = "stem.0", .kind = SpanKind::Convolution},
        {.name = "share", .kind = SpanKind::Convolution, .isShare = true},
        {.name = "maps", .kind = SpanKind::KernelMap},
        {.name = "z0", .kind = SpanKind::PointVoxel}};
    checks.nameLayers(trace);
    EXPECT_EQ(checks.all()[0].name, "3x3x3 map");
    EXPECT_EQ(checks.all()[1].name, "stem.0");
    EXPECT_EQ(checks.all()[2].name, "z0");
}

} // namespace
} // namespace siskin
