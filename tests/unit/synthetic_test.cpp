// SPDX-License-Identifier: MIT
#include "core/base/parallel.hpp"
#include "datasets/synthetic/synthetic_reader.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

namespace siskin::test {
namespace {

bool sameBytes(const Scan& a, const Scan& b) {
    return a.positions == b.positions && a.fields[0].values == b.fields[0].values &&
           a.groundTruth->rawIds == b.groundTruth->rawIds;
}

TEST(Synthetic, SameSeedSameBytes) {
    const auto map = loadMap("official");
    const auto first = SyntheticReader(map, 5).read(1);
    setThreadCount(1);
    const auto again = SyntheticReader(map, 5).read(1);
    setThreadCount(0);
    EXPECT_TRUE(sameBytes(*first, *again));
    EXPECT_FALSE(sameBytes(*first, *SyntheticReader(map, 6).read(1)));
    EXPECT_FALSE(sameBytes(*first, *SyntheticReader(map, 5).read(2)));
}

TEST(Synthetic, LooksLikeAStreetScan) {
    const SyntheticReader reader(loadMap("official"));
    ASSERT_GE(reader.frames().size(), 2U);
    const auto scan = reader.read(0);
    EXPECT_EQ(scan->id, reader.frames()[0].id);
    EXPECT_TRUE(scan->source.empty());
    EXPECT_GE(scan->pointCount(), 60000U);
    EXPECT_LE(scan->pointCount(), 100000U);
    ASSERT_EQ(scan->field("intensity")->values.size(), scan->pointCount());
    ASSERT_EQ(scan->groundTruth->rawIds.size(), scan->pointCount());
    ASSERT_EQ(scan->groundTruth->classIds.size(), scan->pointCount());
    EXPECT_TRUE(scan->warnings.empty());

    for (std::size_t i = 0; i < scan->pointCount(); ++i) {
        const auto& [x, y, z] = scan->positions[i];
        const double across = std::hypot(x, y);
        const double degrees = std::atan2(double{z}, across) * 180.0 / std::numbers::pi;
        ASSERT_LE(std::hypot(across, double{z}), 81.0) << i;
        ASSERT_GE(degrees, -24.9) << i;
        ASSERT_LE(degrees, 2.1) << i;
        ASSERT_TRUE(scan->groundTruth->classMap->knows(scan->groundTruth->rawIds[i]));
        const float intensity = scan->field("intensity")->values[i];
        ASSERT_TRUE(intensity >= 0.0F && intensity <= 1.0F) << i;
    }
}

TEST(Synthetic, EveryMaterialIsSeenWhereItBelongs) {
    const auto scan = SyntheticReader(loadMap("official")).read(0);
    std::map<std::uint32_t, int> counts;
    for (std::size_t i = 0; i < scan->pointCount(); ++i) {
        const std::uint32_t rawId = scan->groundTruth->rawIds[i];
        ++counts[rawId];
        const double height = scan->positions[i][2] + (*scan->pose)[11];
        if (rawId == 40) {
            ASSERT_NEAR(height, 0.0, 0.1) << "road, point " << i;
        } else if (rawId == 48) {
            ASSERT_NEAR(height, 0.06, 0.15) << "sidewalk, point " << i;
        }
    }
    for (const std::uint32_t rawId : {10, 30, 40, 44, 48, 50, 51, 60, 70, 71, 72, 80, 81, 252}) {
        EXPECT_GE(counts[rawId], 20) << "raw id " << rawId;
    }
    EXPECT_GT(counts[40], counts[81]);
}

TEST(Synthetic, FramesOfOneWorldFitTogether) {
    // Walls stand still in the world while the sensor drives on: compare where they are on average.
    const SyntheticReader reader(loadMap("official"));
    const auto first = reader.read(0);
    const auto second = reader.read(1);
    const auto meanWall = [](const std::shared_ptr<const Scan>& scan) {
        double sum = 0.0;
        int count = 0;
        for (std::size_t i = 0; i < scan->pointCount(); ++i) {
            const double x = scan->positions[i][0] + (*scan->pose)[3];
            const double y = scan->positions[i][1] + (*scan->pose)[7];
            if (scan->groundTruth->rawIds[i] == 50 && std::abs(x) < 15 && y > 0) {
                sum += y;
                ++count;
            }
        }
        EXPECT_GT(count, 50);
        return sum / count;
    };
    EXPECT_NEAR(meanWall(first), meanWall(second), 0.5);
    EXPECT_NE(first->pose, second->pose);
    EXPECT_NE(reader.frames()[0].id, reader.frames()[1].id);
}

TEST(Synthetic, RaysHitWhatTheyShould) {
    const StreetScene scene(1);
    const auto down = scene.cast({0, 0.5, 2}, {0, 0, -1}, 10);
    ASSERT_TRUE(down.has_value());
    EXPECT_DOUBLE_EQ(down->range, 2.0);
    EXPECT_DOUBLE_EQ(down->cosIncidence, 1.0);
    EXPECT_EQ(down->rawId, 40U);
    EXPECT_FALSE(scene.cast({0, 0.5, 2}, {0, 0, 1}, 100).has_value());
    EXPECT_FALSE(scene.cast({0, 0.5, 2}, {0, 0, -1}, 1.5).has_value());
    const auto sidewalk = scene.cast({0, 7.0, 0.5}, {0, 0, -1}, 10);
    ASSERT_TRUE(sidewalk.has_value());
    EXPECT_EQ(sidewalk->rawId, 48U);
    EXPECT_NEAR(sidewalk->range, 0.38, 1e-9); // the curb is 0.12 m high
}

TEST(Synthetic, OddRequests) {
    EXPECT_THROW(SyntheticReader(nullptr), ConfigError);
    const SyntheticReader reader(loadMap("official"));
    EXPECT_THROW(reader.read(reader.frames().size()), DatasetError);
}

} // namespace
} // namespace siskin::test
