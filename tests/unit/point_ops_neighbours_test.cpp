// SPDX-License-Identifier: MIT
// Sampling and neighbour searches against brute force straight from models.md 5.3.
#include "core/base/error.hpp"
#include "tests/unit/point_ops_test.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace siskin {
namespace {

using test::cloudCases;
using test::PointOpsTest;
using test::randomTensor;
using torch::Tensor;

using PointOpsNeighbours = PointOpsTest;

/// Squared distance in the documented order; volatile keeps the compiler from fusing.
float squaredDistance(const Tensor& a, std::int64_t i, const Tensor& b, std::int64_t j) {
    const auto left = a.accessor<float, 2>();
    const auto right = b.accessor<float, 2>();
    volatile float sum = 0.0F;
    for (std::int64_t d = 0; d < a.size(0); ++d) {
        const float difference = left[d][i] - right[d][j];
        volatile const float square = difference * difference;
        sum = sum + square;
    }
    return sum;
}

/// The published kernel, played out: 512 threads scan with a strict comparison, then neighbouring
/// slots are merged pairwise and the lower one stays on equality.
std::int32_t scanAndTree(const std::vector<float>& nearest) {
    std::array<float, 512> best{};
    std::array<std::int32_t, 512> index{};
    best.fill(-1.0F);
    for (std::size_t thread = 0; thread < 512; ++thread) {
        for (std::size_t i = thread; i < nearest.size(); i += 512) {
            if (nearest[i] > best[thread]) {
                best[thread] = nearest[i];
                index[thread] = static_cast<std::int32_t>(i);
            }
        }
    }
    for (std::size_t step = 1; step < 512; step *= 2) {
        for (std::size_t slot = 0; slot + step < 512; slot += 2 * step) {
            if (best[slot] < best[slot + step]) {
                best[slot] = best[slot + step];
                index[slot] = index[slot + step];
            }
        }
    }
    return index[0];
}

Tensor furthestByDefinition(const Tensor& clouds, std::int64_t count) {
    auto result = torch::zeros({clouds.size(0), count}, torch::kInt32);
    for (std::int64_t b = 0; b < clouds.size(0); ++b) {
        const auto cloud = clouds[b];
        std::vector<float> nearest(static_cast<std::size_t>(cloud.size(1)), 1e38F);
        for (std::int64_t k = 1; k < count; ++k) {
            const auto last = result[b][k - 1].item<std::int32_t>();
            for (std::int64_t i = 0; i < cloud.size(1); ++i) {
                auto& mine = nearest[static_cast<std::size_t>(i)];
                mine = std::min(mine, squaredDistance(cloud, i, cloud, last));
            }
            result[b][k] = scanAndTree(nearest);
        }
    }
    return result;
}

Tensor ballByDefinition(const Tensor& clouds, const Tensor& centres, float radius, int count) {
    auto result = torch::zeros({clouds.size(0), centres.size(2), count}, torch::kInt32);
    auto out = result.accessor<std::int32_t, 3>();
    for (std::int64_t b = 0; b < clouds.size(0); ++b) {
        const auto cloud = clouds[b];
        const auto centre = centres[b];
        for (std::int64_t m = 0; m < centres.size(2); ++m) {
            std::vector<std::int32_t> inside;
            for (std::int64_t i = 0; i < clouds.size(2); ++i) {
                if (squaredDistance(centre, m, cloud, i) < radius * radius) {
                    inside.push_back(static_cast<std::int32_t>(i));
                }
            }
            for (int k = 0; k < count && !inside.empty(); ++k) {
                const auto place = static_cast<std::size_t>(k);
                out[b][m][k] = place < inside.size() ? inside[place] : inside.front();
            }
        }
    }
    return result;
}

/// (distance, index) pairs sorted: the definition of "ties to the lower index".
std::vector<std::pair<float, std::int32_t>>
sortedNeighbours(const Tensor& cloud, const Tensor& queries, std::int64_t query) {
    std::vector<std::pair<float, std::int32_t>> result;
    for (std::int64_t i = 0; i < cloud.size(1); ++i) {
        result.emplace_back(
            squaredDistance(queries, query, cloud, i), static_cast<std::int32_t>(i)
        );
    }
    std::sort(result.begin(), result.end());
    return result;
}

Tensor nearestByDefinition(const Tensor& points, const Tensor& queries, std::int64_t count) {
    auto result = torch::zeros({points.size(0), queries.size(2), count}, torch::kInt32);
    auto out = result.accessor<std::int32_t, 3>();
    for (std::int64_t b = 0; b < points.size(0); ++b) {
        for (std::int64_t m = 0; m < queries.size(2); ++m) {
            const auto sorted = sortedNeighbours(points[b], queries[b], m);
            for (std::int64_t k = 0; k < count; ++k) {
                out[b][m][k] = sorted[static_cast<std::size_t>(k)].second;
            }
        }
    }
    return result;
}

TEST_P(PointOpsNeighbours, FurthestPointsFollowTheScanAndTree) {
    for (const auto& [name, coords] : cloudCases()) {
        SCOPED_TRACE(name);
        for (const std::int64_t count : {1, 2, 40}) {
            const auto chosen = ops().furthestPoints(coords, count);
            EXPECT_TRUE(torch::equal(chosen, furthestByDefinition(coords, count)));
        }
    }
}

TEST_P(PointOpsNeighbours, FurthestPointsBreakTiesByThreadFirst) {
    auto coords = torch::zeros({1, 3, 1200});
    coords[0][0][700] = 1.0F;  // thread 188
    coords[0][0][200] = -1.0F; // thread 200, lower index, equally far
    const auto chosen = ops().furthestPoints(coords, 3);
    EXPECT_EQ(chosen[0][1].item<int>(), 700);
    EXPECT_EQ(chosen[0][2].item<int>(), 200);
}

TEST_P(PointOpsNeighbours, BallQueryInIndexOrder) {
    for (const auto& [name, coords] : cloudCases()) {
        const auto centres = coords.narrow(2, 0, std::min<std::int64_t>(coords.size(2), 37));
        for (const float radius : {0.0F, 0.2F, 1.0F, 2.0F, 1e30F}) {
            SCOPED_TRACE(name + ", radius " + std::to_string(radius));
            for (const int count : {1, 5, 32}) {
                const auto found = ops().ballNeighbours(coords, centres, radius, count);
                EXPECT_TRUE(torch::equal(found, ballByDefinition(coords, centres, radius, count)));
            }
        }
    }
}

TEST_P(PointOpsNeighbours, BallQueryIsStrictAndFillsWithTheFirstHit) {
    const auto coords = torch::tensor({5.0F, 1.0F, 2.0F, -1.0F, 0.5F}).reshape({1, 1, 5});
    const auto line = torch::cat({coords, torch::zeros({1, 2, 5})}, 1);
    const auto centre = torch::zeros({1, 3, 1});
    const auto found = ops().ballNeighbours(line, centre, 1.0F, 3); // 1 and -1 lie on the border
    EXPECT_TRUE(torch::equal(found, torch::tensor({4, 4, 4}, torch::kInt32).reshape({1, 1, 3})));
    const auto none = ops().ballNeighbours(line, centre + 100.0F, 1.0F, 2);
    EXPECT_TRUE(torch::equal(none, torch::zeros({1, 1, 2}, torch::kInt32)));
}

TEST_P(PointOpsNeighbours, NearestNeighboursAreExact) {
    for (const auto& [name, coords] : cloudCases()) {
        SCOPED_TRACE(name);
        const std::int64_t count = std::min<std::int64_t>(coords.size(2), 20);
        for (const std::int64_t queries : {1, 2, 3, 37}) {
            const auto some = coords.narrow(2, 0, std::min(coords.size(2), queries)) + 0.25F;
            const auto found = ops().nearestNeighbours(coords, some, count);
            EXPECT_TRUE(torch::equal(found, nearestByDefinition(coords, some, count)));
        }
    }
}

TEST_P(PointOpsNeighbours, NearestNeighboursInManyDimensions) {
    for (const std::int64_t dimensions : {1, 2, 9, 64}) {
        SCOPED_TRACE(dimensions);
        // Halves make many equal distances.
        const auto points = (randomTensor({2, dimensions, 203}, 21) * 2).round() / 2;
        const auto found = ops().nearestNeighbours(points, points, 11);
        EXPECT_TRUE(torch::equal(found, nearestByDefinition(points, points, 11)));
    }
    const auto all = randomTensor({1, 5, 40}, 22);
    const auto found = ops().nearestNeighbours(all, all, 40); // every point
    EXPECT_TRUE(torch::equal(found, nearestByDefinition(all, all, 40)));
}

TEST_P(PointOpsNeighbours, ThreeNearestWeighByInverseSquaredDistance) {
    for (const auto& [name, coords] : cloudCases()) {
        SCOPED_TRACE(name);
        const auto queries = coords.narrow(2, 0, std::min<std::int64_t>(coords.size(2), 30)) * 1.1F;
        const auto found = ops().threeNearest(coords, queries);
        for (std::int64_t b = 0; b < coords.size(0); ++b) {
            for (std::int64_t m = 0; m < queries.size(2); ++m) {
                const auto sorted = sortedNeighbours(coords[b], queries[b], m);
                std::array<double, 3> inverse = {1e-10, 1e-10, 1e-10};
                for (std::size_t k = 0; k < std::min<std::size_t>(3, sorted.size()); ++k) {
                    inverse[k] = 1.0 / std::clamp(double{sorted[k].first}, 1e-10, 1e10);
                    const auto place = static_cast<std::int64_t>(k);
                    ASSERT_EQ(found.index[b][m][place].item<int>(), sorted[k].second);
                }
                const double sum = inverse[0] + inverse[1] + inverse[2];
                for (std::size_t k = 0; k < 3; ++k) {
                    const auto weight =
                        found.weight[b][m][static_cast<std::int64_t>(k)].item<double>();
                    ASSERT_NEAR(weight, inverse[k] / sum, 1e-6);
                }
            }
        }
    }
}

TEST_P(PointOpsNeighbours, RefusesWhatCannotBe) {
    const auto cloud = randomTensor({1, 3, 7}, 30);
    EXPECT_THROW(ops().furthestPoints(torch::zeros({0, 3, 7}), 2), DeviceError);
    EXPECT_THROW(ops().furthestPoints(torch::zeros({1, 3, 0}), 2), DeviceError);
    EXPECT_THROW(ops().furthestPoints(torch::zeros({1, 4, 7}), 2), DeviceError);
    EXPECT_THROW(ops().furthestPoints(cloud.to(torch::kFloat64), 2), DeviceError);
    EXPECT_THROW(ops().furthestPoints(cloud, 0), DeviceError);
    EXPECT_THROW(ops().ballNeighbours(cloud, cloud, -1.0F, 4), DeviceError);
    EXPECT_THROW(ops().ballNeighbours(cloud, cloud.repeat({2, 1, 1}), 1.0F, 4), DeviceError);
    EXPECT_THROW(ops().nearestNeighbours(cloud, cloud, 8), DeviceError);
    EXPECT_THROW(ops().nearestNeighbours(cloud, cloud.narrow(1, 0, 2), 2), DeviceError);
    EXPECT_THROW(ops().threeNearest(cloud, torch::Tensor()), DeviceError);
}

INSTANTIATE_TEST_SUITE_P(
    Implementations, PointOpsNeighbours, test::implementations(), test::implementationName
);

TEST(PointOpsNeighboursCpu, SameIndicesInEverySetting) {
    const auto coords = randomTensor({3, 3, 2048}, 40);
    const auto features = randomTensor({2, 64, 300}, 41);
    const auto reference = makeReferencePointOps();
    const auto centres = reference->furthestPoints(coords, 64);
    const auto centreCoords = reference->gather(coords, centres);
    const auto ball = reference->ballNeighbours(coords, centreCoords, 0.4F, 16);
    const auto nearest = reference->nearestNeighbours(features, features, 20);
    const auto three = reference->threeNearest(centreCoords, coords);
    test::forEverySetting([&](const std::string& setting) {
        SCOPED_TRACE(setting);
        const auto cpu = makeCpuPointOps();
        EXPECT_TRUE(torch::equal(cpu->furthestPoints(coords, 64), centres));
        EXPECT_TRUE(torch::equal(cpu->ballNeighbours(coords, centreCoords, 0.4F, 16), ball));
        EXPECT_TRUE(torch::equal(cpu->nearestNeighbours(features, features, 20), nearest));
        EXPECT_TRUE(torch::equal(cpu->threeNearest(centreCoords, coords).index, three.index));
        EXPECT_TRUE(torch::equal(cpu->threeNearest(centreCoords, coords).weight, three.weight));
    });
}

TEST(PointOpsNeighboursCpu, SameTiesInEverySetting) {
    const auto reference = makeReferencePointOps();
    for (const auto& [name, coords] : cloudCases()) {
        const auto chosen = reference->furthestPoints(coords, 100);
        const std::int64_t count = std::min<std::int64_t>(coords.size(2), 20);
        const auto some = coords.narrow(2, 0, std::min<std::int64_t>(coords.size(2), 100));
        const auto nearest = reference->nearestNeighbours(coords, some, count);
        const auto ball = reference->ballNeighbours(coords, some, 2.0F, 32);
        test::forEverySetting([&, &named = name, &cloud = coords](const std::string& setting) {
            SCOPED_TRACE(named + ", " + setting);
            const auto cpu = makeCpuPointOps();
            EXPECT_TRUE(torch::equal(cpu->furthestPoints(cloud, 100), chosen));
            EXPECT_TRUE(torch::equal(cpu->nearestNeighbours(cloud, some, count), nearest));
            EXPECT_TRUE(torch::equal(cpu->ballNeighbours(cloud, some, 2.0F, 32), ball));
        });
    }
}

} // namespace
} // namespace siskin
