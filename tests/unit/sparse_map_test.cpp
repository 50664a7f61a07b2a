// SPDX-License-Identifier: MIT
// Coordinates and kernel maps of every implementation against brute force.
#include "core/base/error.hpp"
#include "core/sparse/kernel_offsets.hpp"
#include "tests/support/sparse_cases.hpp"
#include "tests/support/sparse_implementations.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace siskin {
namespace {

using test::coordinateCases;

class SparseMaps : public testing::TestWithParam<std::shared_ptr<const SparseOps>> {
  protected:
    const SparseOps& ops() const { return *GetParam(); }
};

TEST(KernelOrder, OddKernelsCountXFastestEvenOnesZ) {
    EXPECT_EQ(kernelIndex(3, 0, 0, 0), 13);
    EXPECT_EQ(kernelIndex(3, -1, 0, 0), 12);
    EXPECT_EQ(kernelIndex(3, 0, -1, 0), 10);
    EXPECT_EQ(kernelIndex(3, 0, 0, -1), 4);
    EXPECT_EQ(kernelIndex(2, 1, 0, 0), 4);
    EXPECT_EQ(kernelIndex(2, 0, 1, 0), 2);
    EXPECT_EQ(kernelIndex(2, 0, 0, 1), 1);
    const auto offsets = kernelOffsets(3);
    for (std::size_t k = 0; k < offsets.size(); ++k) {
        EXPECT_EQ(kernelIndex(3, offsets[k][0], offsets[k][1], offsets[k][2]), static_cast<int>(k));
    }
    EXPECT_THROW(kernelOffsets(6), DeviceError);
}

/// The same voxels in lexicographic order. Only cuda may have another.
UniqueVoxels inLexicographicOrder(const SparseOps& ops, const UniqueVoxels& found) {
    const auto& coords = found.voxels.coords;
    if (coords.size(0) == 0) {
        return found;
    }
    const auto [sorted, place, counts] = torch::unique_dim(coords, 0, true, true, true);
    EXPECT_EQ(sorted.size(0), coords.size(0)) << "rows repeat";
    EXPECT_TRUE(ops.name() == "cuda" || torch::equal(sorted, coords)) << "not sorted";
    return {
        {sorted},
        found.firstRow.index_select(0, place.argsort()),
        place.index_select(0, found.inverse)};
}

TEST_P(SparseMaps, UniqueSortsAndKeepsTheFirstRow) {
    for (const auto& [name, coords] : coordinateCases()) {
        SCOPED_TRACE(name);
        const auto result = inLexicographicOrder(ops(), ops().unique(coords));
        const auto expected =
            coords.size(0) == 0 ? coords : std::get<0>(torch::unique_dim(coords, 0));
        ASSERT_TRUE(torch::equal(result.voxels.coords, expected));
        ASSERT_TRUE(torch::equal(result.voxels.coords.index_select(0, result.inverse), coords));
        for (std::int64_t v = 0; v < result.voxels.size(); ++v) {
            const auto members = torch::nonzero(result.inverse == v);
            ASSERT_EQ(result.firstRow[v].item<std::int64_t>(), members.min().item<std::int64_t>());
        }
    }
}

TEST_P(SparseMaps, QuantizeRoundsTiesToEvenAndShiftsToZero) {
    const auto positions = torch::tensor(
        {{0.025F, -0.025F, 0.0F},
         {0.075F, 0.125F, 1.0F},
         {0.03F, -0.03F, 0.0F},
         {0.026F, -0.03F, 0.0F}}
    );
    const auto result = inLexicographicOrder(ops(), ops().quantize(positions, 0.05F));
    // 0.025/0.05 = 0.5 -> 0, 0.075/0.05 = 1.5 -> 2, 0.125/0.05 = 2.5 -> 2; y shifts by +1.
    const auto expected = torch::tensor({{0, 0, 1, 0}, {0, 1, 0, 0}, {0, 2, 3, 20}}, torch::kInt32);
    EXPECT_TRUE(torch::equal(result.voxels.coords, expected)) << result.voxels.coords;
    EXPECT_TRUE(torch::equal(result.firstRow, torch::tensor({0, 2, 1}, torch::kInt64)));
    EXPECT_TRUE(torch::equal(result.inverse, torch::tensor({0, 2, 1, 1}, torch::kInt64)));
}

TEST_P(SparseMaps, QuantizeRefusesCoordinatesBeyondTheKeyRange) {
    const auto far = torch::tensor({{0.0F, 0.0F, 0.0F}, {1e9F, 0.0F, 0.0F}});
    EXPECT_THROW(ops().quantize(far, 0.05F), DatasetError);
    const auto nan = torch::full({1, 3}, std::numeric_limits<float>::quiet_NaN());
    EXPECT_THROW(ops().quantize(nan, 0.05F), DatasetError);
}

TEST_P(SparseMaps, TooLargeAnExtentIsRefusedNotWrapped) {
    const auto spread = torch::tensor(
        {{0, -(1 << 30), -(1 << 30), -(1 << 30)}, {0, 1 << 30, 1 << 30, 1 << 30}}, torch::kInt32
    );
    EXPECT_THROW(
        {
            const auto voxels = ops().unique(spread).voxels;
            ops().submanifoldMap(voxels, 3);
        },
        DatasetError
    );
}

TEST_P(SparseMaps, SubmanifoldMapsMatchBruteForce) {
    for (const auto& [name, coords] : coordinateCases()) {
        const auto voxels = ops().unique(coords).voxels;
        for (const int size : {1, 2, 3, 4, 5}) {
            SCOPED_TRACE(name + ", kernel " + std::to_string(size));
            const auto map = ops().submanifoldMap(voxels, size);
            EXPECT_EQ(map->volume(), size * size * size);
            EXPECT_EQ(map->rowsIn(), voxels.size());
            EXPECT_EQ(map->rowsOut(), voxels.size());
            const auto expected = test::bruteForceSubmanifold(voxels, size);
            ASSERT_EQ(map->pairCount(), static_cast<std::int64_t>(expected.size()));
            ASSERT_EQ(test::pairsOf(*map), expected);
        }
    }
}

TEST_P(SparseMaps, CoarseningMatchesBruteForceAndDropsNothing) {
    for (const auto& [name, coords] : coordinateCases()) {
        SCOPED_TRACE(name);
        const auto fine = ops().unique(coords).voxels;
        const auto coarsening = ops().coarsen(fine);
        const auto expected = test::bruteForceDown(fine, coarsening.coarse);
        ASSERT_EQ(
            static_cast<std::int64_t>(expected.size()), fine.size()
        ); // every voxel has its parent
        ASSERT_EQ(test::pairsOf(*coarsening.down), expected);
        ASSERT_EQ(coarsening.up->rowsIn(), coarsening.coarse.size());
        ASSERT_EQ(coarsening.up->rowsOut(), fine.size());
        auto swapped = test::pairsOf(*coarsening.up);
        for (auto& pair : swapped) {
            std::swap(pair[1], pair[2]);
        }
        std::sort(swapped.begin(), swapped.end());
        auto sorted = expected;
        std::sort(sorted.begin(), sorted.end());
        ASSERT_EQ(swapped, sorted);
    }
}

TEST_P(SparseMaps, VoxelsAsPointsAndBack) {
    for (const auto& [name, coords] : coordinateCases()) {
        SCOPED_TRACE(name);
        if (coords.numel() > 0 && coords.abs().max().item<int>() >= 1 << 24) {
            continue; // float32 does not hold them
        }
        const auto voxels = ops().unique(coords).voxels;
        const auto points = ops().voxelPoints(voxels, 1.0F, 1.0F);
        ASSERT_TRUE(torch::equal(points, voxels.coords.to(torch::kFloat32)));
        ASSERT_TRUE(torch::equal(ops().voxelsOfPoints(points).voxels.coords, voxels.coords));
    }
}

TEST_P(SparseMaps, VoxelPointsRoundTwice) {
    const auto row = torch::arange(0, 4096, torch::kInt32);
    const auto voxels = ops().unique(torch::stack({row % 3, row, row * 3, row * 7}, 1)).voxels;
    const auto points = ops().voxelPoints(voxels, 0.05F, 0.05F);
    ASSERT_EQ(points.scalar_type(), torch::kFloat32);
    int off = 0;
    for (std::int64_t v = 0; v < voxels.size(); ++v) {
        ASSERT_EQ(points[v][0].item<float>(), voxels.coords[v][0].item<float>());
        for (int axis = 1; axis < 4; ++axis) {
            const auto whole = voxels.coords[v][axis].item<float>();
            const volatile float metres = whole * 0.05F;
            ASSERT_EQ(points[v][axis].item<float>(), metres / 0.05F);
            off += metres / 0.05F != whole ? 1 : 0;
        }
    }
    EXPECT_GT(off, 0); // one rounding would give whole numbers
}

TEST_P(SparseMaps, PointsAreRoundedDownToVoxels) {
    const auto points = torch::tensor(
        {{0.0F, -0.25F, 1.75F, 3.0F}, {1.0F, 0.0F, 0.0F, 0.0F}, {0.0F, -1.0F, 1.0F, 3.5F}}
    );
    const auto found = ops().voxelsOfPoints(points);
    const auto expected = torch::tensor({{0, -1, 1, 3}, {1, 0, 0, 0}}, torch::kInt32);
    EXPECT_TRUE(torch::equal(found.voxels.coords, expected)) << found.voxels.coords;
    EXPECT_TRUE(torch::equal(found.inverse, torch::tensor({0, 1, 0}, torch::kInt64)));
    EXPECT_THROW(ops().voxelsOfPoints(points.to(torch::kFloat64)), DeviceError);
    EXPECT_THROW(ops().voxelsOfPoints(points.narrow(1, 0, 3)), DeviceError);
}

INSTANTIATE_TEST_SUITE_P(
    Implementations,
    SparseMaps,
    testing::ValuesIn(test::sparseImplementations()),
    [](const auto& implementation) { return implementation.param->name(); }
);

} // namespace
} // namespace siskin
