// SPDX-License-Identifier: MIT
// What the CPU implementation does in chunks and with vectors: sets that span many chunks, shapes
// that chunks cut badly, the ends of the number range, thread counts, channel counts, instruction
// sets. The oracles are the standard library, brute force and the reference implementation (which
// sparse_map_test holds against brute force).
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/sparse/cpu/kernels.hpp"
#include "core/sparse/cpu/radix_sort.hpp"
#include "tests/support/sparse_cases.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <map>
#include <random>

namespace siskin {
namespace {

using Row = std::array<std::int32_t, 4>;
using test::randomCoordinates;
using test::randomMatrix;

constexpr auto kMin = std::numeric_limits<std::int32_t>::min();
constexpr auto kMax = std::numeric_limits<std::int32_t>::max();

torch::Tensor tensorOf(const std::vector<Row>& rows) {
    auto result = torch::empty({static_cast<std::int64_t>(rows.size()), 4}, torch::kInt32);
    auto* target = reinterpret_cast<Row*>(result.data_ptr<std::int32_t>());
    std::copy(rows.begin(), rows.end(), target);
    return result;
}

/// Axes (of x, y, z) that vary.
torch::Tensor line(std::int64_t count, std::array<bool, 3> vary, std::uint64_t seed) {
    auto coords = randomCoordinates(count, -1500, 1500, 1, seed);
    for (int axis = 0; axis < 3; ++axis) {
        if (!vary[static_cast<std::size_t>(axis)]) {
            coords.select(1, axis + 1).fill_(7);
        }
    }
    return coords;
}

/// Sets of several chunks (4096 rows) and shapes that they cut badly.
std::vector<test::CoordinateCase> largeCases() {
    return {
        {"block of many chunks", randomCoordinates(14000, -14, 14, 1, 11)},
        {"batches", randomCoordinates(12000, -9, 9, 4, 12)},
        {"one column", line(9000, {false, false, true}, 13)},
        {"one row of columns", line(9000, {false, true, false}, 14)},
        {"one row of slabs", line(9000, {true, false, false}, 15)},
        {"one slab", line(12000, {false, true, true}, 16)},
        {"ends of the number range, z",
         tensorOf({{0, 0, 0, kMin}, {0, 0, 0, kMin + 1}, {0, 0, 0, kMax - 1}, {0, 0, 0, kMax}})},
        {"ends of the number range, y",
         tensorOf({{0, 0, kMin, 0}, {0, 0, kMin + 1, 1}, {0, 0, kMax - 1, 1}, {0, 0, kMax, 1}})},
        {"ends of the number range, x",
         tensorOf({{0, kMin, 0, 0}, {0, kMin + 1, 0, 0}, {0, kMax - 1, 0, 0}, {0, kMax, 1, 0}})},
    };
}

class SparseCpu : public testing::Test {
  protected:
    void TearDown() override {
        setThreadCount(0);
        unsetenv("SISKIN_CPU_ISA");
    }

    std::shared_ptr<const SparseOps> cpu_ = makeCpuOps();
    std::shared_ptr<const SparseOps> reference_ = makeReferenceOps();
};

struct Item {
    std::uint64_t key;
    std::int64_t row;
};

void expectSortedLikeTheStandardLibrary(std::vector<Item> expected, int bits) {
    cpu::Buffer<Item> items(static_cast<std::int64_t>(expected.size()));
    std::copy(expected.begin(), expected.end(), items.data());
    cpu::radixSort(items, bits, [](const Item& item) { return item.key; });
    std::stable_sort(expected.begin(), expected.end(), [](const Item& a, const Item& b) {
        return a.key < b.key;
    });
    for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_EQ(items[static_cast<std::int64_t>(i)].key, expected[i].key) << "item " << i;
        ASSERT_EQ(items[static_cast<std::int64_t>(i)].row, expected[i].row) << "item " << i;
    }
}

TEST_F(SparseCpu, RadixSortIsStableForEveryKeyWidth) {
    std::mt19937_64 random(21);
    for (const int bits : {0, 1, 7, 11, 12, 33, 63, 64}) {
        for (const std::int64_t count : {0, 1, 2, 8191, 8192, 8193, 40000}) {
            SCOPED_TRACE(std::to_string(bits) + " bits, " + std::to_string(count) + " items");
            std::vector<Item> items(static_cast<std::size_t>(count));
            for (std::int64_t i = 0; i < count; ++i) {
                items[static_cast<std::size_t>(i)] = {bits == 0 ? 0 : random() >> (64 - bits), i};
            }
            expectSortedLikeTheStandardLibrary(items, bits);
        }
    }
}

void expectUnique(const UniqueVoxels& unique, const torch::Tensor& coords) {
    const auto* rows = reinterpret_cast<const Row*>(coords.data_ptr<std::int32_t>());
    std::map<Row, std::int64_t> first;
    for (std::int64_t i = 0; i < coords.size(0); ++i) {
        first.emplace(rows[i], i);
    }
    ASSERT_EQ(unique.voxels.size(), static_cast<std::int64_t>(first.size()));
    const auto* voxels =
        reinterpret_cast<const Row*>(unique.voxels.coords.data_ptr<std::int32_t>());
    std::int64_t voxel = 0;
    for (const auto& [row, index] : first) {
        ASSERT_EQ(voxels[voxel], row);
        ASSERT_EQ(unique.firstRow[voxel].item<std::int64_t>(), index);
        ++voxel;
    }
    ASSERT_TRUE(torch::equal(unique.voxels.coords.index_select(0, unique.inverse), coords));
}

TEST_F(SparseCpu, UniqueOfManyChunks) {
    for (const auto& [name, coords] : largeCases()) {
        SCOPED_TRACE(name);
        expectUnique(cpu_->unique(coords), coords);
        const auto sorted = cpu_->unique(coords).voxels.coords;
        expectUnique(cpu_->unique(sorted), sorted); // sorted already
        expectUnique(cpu_->unique(torch::flip(sorted, 0)), torch::flip(sorted, 0)); // backwards
    }
}

TEST_F(SparseCpu, UniqueOfKeysThatLeaveNoRoomForTheRow) {
    auto coords = randomCoordinates(20000, -(1 << 19), 1 << 19, 1, 31); // 60 bits
    coords.slice(0, 0, 9000).copy_(coords.slice(0, 9000, 18000).clone());
    expectUnique(cpu_->unique(coords), coords);
}

TEST_F(SparseCpu, QuantizeEqualsTheReference) {
    // Many chunks, repeats, ties, negative and large coordinates.
    auto positions = randomMatrix(30000, 3, 41) * 20;
    positions.slice(0, 0, 5000).copy_(torch::round(positions.slice(0, 0, 5000)) * 0.025F);
    positions.select(1, 0).slice(0, 5000, 9000).mul_(2e5F); // beyond 2^23 voxels
    for (const float size : {0.05F, 0.3F, 1.0F}) {
        const auto fast = cpu_->quantize(positions, size);
        const auto plain = reference_->quantize(positions, size);
        ASSERT_TRUE(torch::equal(fast.voxels.coords, plain.voxels.coords));
        ASSERT_TRUE(torch::equal(fast.firstRow, plain.firstRow));
        ASSERT_TRUE(torch::equal(fast.inverse, plain.inverse));
    }
}

TEST_F(SparseCpu, LargeSubmanifoldMapsMatchTheReference) {
    for (const auto& [name, coords] : largeCases()) {
        const auto voxels = cpu_->unique(coords).voxels;
        for (const int size : {1, 2, 3, 4, 5}) {
            SCOPED_TRACE(name + ", kernel " + std::to_string(size));
            const auto fast = cpu_->submanifoldMap(voxels, size);
            const auto plain = reference_->submanifoldMap(voxels, size);
            ASSERT_EQ(fast->pairCount(), plain->pairCount());
            ASSERT_TRUE(torch::equal(fast->pairs(), plain->pairs()));
        }
    }
}

TEST_F(SparseCpu, LargeCoarseningsMatchTheReference) {
    for (const auto& [name, coords] : largeCases()) {
        SCOPED_TRACE(name);
        const auto fine = cpu_->unique(coords).voxels;
        const auto fast = cpu_->coarsen(fine);
        const auto plain = reference_->coarsen(fine);
        ASSERT_TRUE(torch::equal(fast.coarse.coords, plain.coarse.coords));
        ASSERT_EQ(test::pairsOf(*fast.down), test::bruteForceDown(fine, fast.coarse));
        ASSERT_EQ(test::pairsOf(*fast.up), test::pairsOf(*plain.up));
    }
}

/// Points in and around the voxels of a level, in no order; some in no voxel.
torch::Tensor scatteredPoints(std::int64_t count, int stride, std::uint64_t seed) {
    auto points = torch::cat({torch::zeros({count, 1}), randomMatrix(count, 3, seed) * 6}, 1);
    points.slice(0, 0, count / 3).round_();
    return points * torch::tensor({1.0F, float(stride), float(stride), float(stride)});
}

TEST_F(SparseCpu, PointMapsEqualTheReference) {
    const auto voxels = cpu_->unique(randomCoordinates(9000, -10, 10, 1, 51)).voxels;
    for (const int stride : {1, 4, 16}) {
        SCOPED_TRACE(stride);
        const auto points = scatteredPoints(10000, stride, 52);
        const auto fast = cpu_->mapPoints(points, voxels, stride);
        const auto plain = reference_->mapPoints(points, voxels, stride);
        ASSERT_TRUE(torch::equal(fast.voxel, plain.voxel));
        ASSERT_TRUE(torch::equal(fast.corners, plain.corners));
        ASSERT_TRUE(torch::allclose(fast.weights, plain.weights, 1e-5, 1e-7));
        ASSERT_TRUE((fast.voxel < 0).any().item<bool>());
        for (std::int64_t v = 0; v < voxels.size(); v += 41) {
            const auto members = fast.members.slice(
                0, fast.memberStart[v].item<int>(), fast.memberStart[v + 1].item<int>()
            );
            const auto expected = torch::nonzero(plain.voxel == v).select(1, 0);
            ASSERT_TRUE(torch::equal(members.to(torch::kInt64), expected)) << "voxel " << v;
        }
    }
}

class SparseCpuIsa : public SparseCpu, public testing::WithParamInterface<const char*> {
  protected:
    void SetUp() override {
        setenv("SISKIN_CPU_ISA", GetParam(), 1);
        try {
            cpu::selectKernels();
        } catch (const DeviceError& error) {
            GTEST_SKIP() << error.what();
        }
    }
};

TEST_P(SparseCpuIsa, PointOperatorsOfEveryWidthEqualTheReference) {
    const auto voxels = cpu_->unique(randomCoordinates(3000, -8, 8, 1, 61)).voxels;
    const auto points = scatteredPoints(3000, 1, 62);
    const auto map = cpu_->mapPoints(points, voxels, 1);
    for (const int channels : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 19, 31, 33, 64, 81, 163}) {
        SCOPED_TRACE(std::to_string(channels) + " channels");
        // Rows of a wider matrix, so that a wrong stride shows.
        const auto wide = randomMatrix(voxels.size(), channels + 3, 63);
        const auto features = wide.narrow(1, 2, channels);
        const auto addend = randomMatrix(points.size(0), channels + 2, 64).narrow(1, 1, channels);
        for (const auto& start : {torch::Tensor(), addend}) {
            ASSERT_TRUE(torch::allclose(
                cpu_->voxelsToPoints(features, map, start),
                reference_->voxelsToPoints(features, map, start),
                1e-5,
                1e-5
            ));
        }
        ASSERT_TRUE(torch::allclose(
            cpu_->pointsToVoxels(addend, map), reference_->pointsToVoxels(addend, map), 1e-5, 1e-5
        ));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Sets,
    SparseCpuIsa,
    testing::Values("avx512", "avx2", "baseline"),
    [](const auto& isa) { return std::string(isa.param); }
);

TEST_F(SparseCpu, AveragesOverAMapOfTheReference) {
    const auto voxels = cpu_->unique(randomCoordinates(500, -4, 4, 1, 71)).voxels;
    const auto points = scatteredPoints(2500, 1, 72);
    const auto features = randomMatrix(points.size(0), 6, 73);
    const auto map = reference_->mapPoints(points, voxels, 1);
    ASSERT_FALSE(map.memberStart.defined());
    EXPECT_TRUE(torch::allclose(
        cpu_->pointsToVoxels(features, map), reference_->pointsToVoxels(features, map), 1e-5, 1e-5
    ));
}

/// Everything that a frame asks of the sparse core, but the convolutions.
std::vector<torch::Tensor> everything(const SparseOps& ops) {
    const auto positions = randomMatrix(40000, 3, 81) * 2;
    const auto fine = ops.quantize(positions, 0.1F);
    const auto coarsening = ops.coarsen(fine.voxels);
    const auto map = ops.submanifoldMap(fine.voxels, 3);
    const auto points = fine.voxels.coords.to(torch::kFloat32) + 0.25F;
    const auto onCoarse = ops.mapPoints(points, coarsening.coarse, 2);
    const auto features = randomMatrix(points.size(0), 19, 82);
    const auto means = ops.pointsToVoxels(features, onCoarse);
    return {
        fine.voxels.coords,
        fine.firstRow,
        fine.inverse,
        coarsening.coarse.coords,
        coarsening.down->pairs(),
        coarsening.up->pairs(),
        map->pairs(),
        onCoarse.voxel,
        onCoarse.corners,
        onCoarse.weights,
        onCoarse.members,
        means,
        ops.voxelsToPoints(means, onCoarse, features),
    };
}

TEST_F(SparseCpu, ResultsDoNotDependOnTheNumberOfThreads) {
    setThreadCount(1);
    const auto expected = everything(*cpu_);
    for (const int threads : {2, 7}) {
        setThreadCount(threads);
        const auto results = everything(*cpu_);
        for (std::size_t i = 0; i < expected.size(); ++i) {
            EXPECT_TRUE(torch::equal(results[i], expected[i]))
                << threads << " threads, result " << i;
        }
    }
}

} // namespace
} // namespace siskin
