// SPDX-License-Identifier: MIT
// Coordinates and kernel maps of every implementation against brute force.
#include "core/base/error.hpp"
#include "core/sparse/kernel_offsets.hpp"
#include "tests/support/sparse_cases.hpp"

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

TEST_P(SparseMaps, UniqueSortsAndKeepsTheFirstRow) {
    for (const auto& [name, coords] : coordinateCases()) {
        SCOPED_TRACE(name);
        const auto result = ops().unique(coords);
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
    const auto result = ops().quantize(positions, 0.05F);
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

INSTANTIATE_TEST_SUITE_P(
    Implementations,
    SparseMaps,
    testing::Values(makeReferenceOps(), makeCpuOps()),
    [](const auto& implementation) { return implementation.param->name(); }
);

} // namespace
} // namespace siskin
