// SPDX-License-Identifier: MIT
// The made-up street itself: what a scan holds, and what moves.
#include "core/base/error.hpp"
#include "datasets/synthetic/street/street_set.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <map>
#include <set>

namespace siskin::test {
namespace {

bool sameFrame(const StreetFrame& a, const StreetFrame& b) {
    return a.positions == b.positions && a.intensity == b.intensity && a.ring == b.ring &&
           a.kinds == b.kinds && a.rawIds == b.rawIds && a.instances == b.instances &&
           a.pose == b.pose;
}

/// Middle of each object in the world.
std::map<std::uint16_t, Vec3d> middles(const StreetFrame& frame, std::size_t leastPoints) {
    std::map<std::uint16_t, Vec3d> sums;
    std::map<std::uint16_t, std::size_t> counts;
    const auto& m = frame.pose;
    for (std::size_t i = 0; i < frame.size(); ++i) {
        const auto& [x, y, z] = frame.positions[i];
        auto& sum = sums[frame.instances[i]];
        sum = sum + Vec3d{
                        m[0] * x + m[1] * y + m[2] * z + m[3],
                        m[4] * x + m[5] * y + m[6] * z + m[7],
                        m[8] * x + m[9] * y + m[10] * z + m[11]};
        ++counts[frame.instances[i]];
    }
    std::map<std::uint16_t, Vec3d> result;
    for (const auto& [instance, count] : counts) {
        if (instance != 0 && count >= leastPoints) {
            result[instance] = 1.0 / static_cast<double>(count) * sums[instance];
        }
    }
    return result;
}

TEST(Street, OneSeedOneScene) {
    const StreetDrive drive(11, 2, 1.0);
    const StreetFrame frame = drive.frame(1, hdl64());
    EXPECT_TRUE(sameFrame(frame, StreetDrive(11, 2, 1.0).frame(1, hdl64())));
    EXPECT_FALSE(sameFrame(frame, drive.frame(0, hdl64())));
    EXPECT_FALSE(sameFrame(frame, StreetDrive(12, 2, 1.0).frame(1, hdl64())));
    EXPECT_THROW(drive.frame(2, hdl64()), DatasetError);
}

TEST(Street, ListsAreOfOneLengthAndValuesInTheirLimits) {
    const StreetFrame frame = StreetDrive(5, 1, 1.0).frame(0, hdl64());
    const std::size_t n = frame.size();
    ASSERT_GT(n, 60'000U);
    ASSERT_LE(n, 64U * 2083U);
    ASSERT_EQ(frame.intensity.size(), n);
    ASSERT_EQ(frame.ring.size(), n);
    ASSERT_EQ(frame.kinds.size(), n);
    ASSERT_EQ(frame.rawIds.size(), n);
    ASSERT_EQ(frame.instances.size(), n);
    std::set<int> rings;
    for (std::size_t i = 0; i < n; ++i) {
        const auto& [x, y, z] = frame.positions[i];
        const double range = std::sqrt(x * x + y * y + z * z);
        ASSERT_GT(range, 0.1);
        ASSERT_LT(range, 80.3);
        const double elevation = std::asin(z / range);
        ASSERT_NEAR(elevation, hdl64().elevations[frame.ring[i]], 0.003);
        const float hundredths = 100.0F * frame.intensity[i];
        ASSERT_NEAR(hundredths, std::round(hundredths), 1e-4);
        ASSERT_TRUE(frame.intensity[i] >= 0.0F && frame.intensity[i] <= 0.99F);
        rings.insert(frame.ring[i]);
    }
    EXPECT_EQ(rings.size(), 64U);
    EXPECT_TRUE(std::is_sorted(frame.ring.begin(), frame.ring.end()));
}

TEST(Street, ThirtyTwoBeamsForNuScenes) {
    const StreetFrame frame = StreetDrive(5, 1, 1.0).frame(0, hdl32());
    EXPECT_EQ(hdl32().elevations.size(), 32U);
    EXPECT_LT(hdl32().elevations.front(), hdl32().elevations.back()) << "ring 0 is the lowest";
    EXPECT_GT(frame.size(), 15'000U);
    for (std::size_t i = 0; i < frame.size(); ++i) {
        ASSERT_EQ(frame.intensity[i], std::round(frame.intensity[i]));
        ASSERT_TRUE(frame.intensity[i] >= 0.0F && frame.intensity[i] <= 255.0F);
        ASSERT_LT(frame.ring[i], 32);
    }
}

TEST(Street, WhatMovesMovesAndTheRestStaysInTheWorld) {
    const StreetDrive drive(21, 2, 0.5);
    const StreetFrame first = drive.frame(0, hdl64());
    const StreetFrame second = drive.frame(1, hdl64());
    std::map<std::uint16_t, bool> moving;
    for (std::size_t i = 0; i < first.size(); ++i) {
        moving[first.instances[i]] = first.rawIds[i] >= 252;
    }
    const auto before = middles(first, 150);
    const auto after = middles(second, 150);
    std::size_t movers = 0;
    std::size_t others = 0;
    for (const auto& [instance, place] : before) {
        if (!after.contains(instance)) {
            continue;
        }
        // The sensor sees another side of things after half a second, so middles differ a little.
        const double shift = length(after.at(instance) - place);
        if (moving.at(instance)) {
            EXPECT_GT(shift, 0.25) << instance;
            ++movers;
        } else {
            EXPECT_LT(shift, 1.6) << instance;
            ++others;
        }
    }
    EXPECT_GE(movers, 3U);
    EXPECT_GE(others, 3U);
}

TEST(Street, RiderAndVehicleAreOneObject) {
    const StreetFrame frame = StreetDrive(21, 1, 0.5).frame(0, hdl64());
    std::map<std::uint16_t, std::set<std::uint32_t>> ids;
    for (std::size_t i = 0; i < frame.size(); ++i) {
        if (frame.instances[i] != 0) {
            ids[frame.instances[i]].insert(frame.rawIds[i]);
        }
    }
    EXPECT_GT(ids.size(), 10U);
    for (const auto& [instance, rawIds] : ids) {
        EXPECT_EQ(rawIds.size(), 1U) << "instance " << instance << " has several classes";
    }
}

TEST(StreetSet, SplitsAndDrivesHaveSeedsOfTheirOwn) {
    std::set<std::uint64_t> seeds;
    for (const auto split : {StreetSplit::Train, StreetSplit::Val, StreetSplit::Test}) {
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            StreetSetPlan plan;
            plan.split = split;
            plan.seed = seed;
            for (std::size_t drive = 0; drive < 500; ++drive) {
                seeds.insert(plan.seedOf(drive));
            }
        }
    }
    EXPECT_EQ(seeds.size(), 3U * 3U * 500U);
    EXPECT_EQ(streetSplitFromName("val"), StreetSplit::Val);
    EXPECT_THROW(streetSplitFromName("valid"), ConfigError);
}

TEST(StreetSet, DealsFramesToDrives) {
    StreetSetPlan plan;
    plan.frames = 12;
    plan.framesPerDrive = 5;
    EXPECT_EQ(plan.drives(), 3U);
    EXPECT_EQ(plan.framesOf(0), 5U);
    EXPECT_EQ(plan.framesOf(2), 2U);
}

} // namespace
} // namespace siskin::test
