// SPDX-License-Identifier: MIT
// From points to objects: ground, groups, candidates, and who is who. Oracles: planes that are
// known, and brute force.
#include "core/base/error.hpp"
#include "core/base/split_mix.hpp"
#include "core/objects/clusters.hpp"
#include "core/objects/object_cloud.hpp"
#include "core/objects/object_truth.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <limits>

namespace siskin {
namespace {

using Flat = std::vector<std::array<float, 2>>;
using Groups = std::vector<std::vector<std::uint32_t>>;

/// Connected components by asking every pair.
Groups bruteForce(const Flat& points, float step) {
    std::vector<std::size_t> group(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        group[i] = i;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = 0; i < points.size(); ++i) {
            for (std::size_t j = 0; j < points.size(); ++j) {
                const double dx = double{points[i][0]} - points[j][0];
                const double dy = double{points[i][1]} - points[j][1];
                if (dx * dx + dy * dy <= double{step} * step && group[j] < group[i]) {
                    group[i] = group[j];
                    changed = true;
                }
            }
        }
    }
    Groups result(points.size());
    for (std::uint32_t i = 0; i < points.size(); ++i) {
        result[group[i]].push_back(i);
    }
    std::erase_if(result, [](const auto& members) { return members.empty(); });
    return result;
}

TEST(ConnectedGroups, AreThoseOfBruteForce) {
    SplitMix64 random(5);
    for (int round = 0; round < 40; ++round) {
        Flat points;
        const double extent = random.uniform(0.5, 6.0);
        for (std::uint64_t i = 0; i < random.below(120); ++i) {
            points.push_back(
                {static_cast<float>(random.uniform(-extent, extent)),
                 static_cast<float>(random.uniform(-extent, extent))}
            );
        }
        for (std::uint64_t i = 0; i < points.size() / 8; ++i) {
            points.push_back(points[random.below(points.size())]);
        }
        const auto step = static_cast<float>(random.uniform(0.05, 0.6));
        EXPECT_EQ(connectedGroups(points, step), bruteForce(points, step)) << round;
    }
}

TEST(ConnectedGroups, OfALatticeWhereEveryDistanceIsATie) {
    Flat points;
    for (int i = -9; i <= 9; ++i) {
        for (int j = -9; j <= 9; ++j) {
            if ((i * i + 3 * j) % 4 != 0) {
                points.push_back({0.25F * static_cast<float>(i), 0.25F * static_cast<float>(j)});
            }
        }
    }
    EXPECT_EQ(connectedGroups(points, 0.25F), bruteForce(points, 0.25F)) << "a step is inclusive";
    EXPECT_EQ(connectedGroups(points, 0.249F).size(), points.size());
}

TEST(ConnectedGroups, OddInput) {
    EXPECT_TRUE(connectedGroups({}, 1.0F).empty());
    EXPECT_EQ(connectedGroups(Flat{{3.0F, 4.0F}}, 1.0F), (Groups{{0}}));
    EXPECT_EQ(connectedGroups(Flat(500, {1.0F, 1.0F}), 0.1F).size(), 1U);
    EXPECT_THROW(connectedGroups(Flat{{0.0F, 0.0F}}, 0.0F), ConfigError);
    EXPECT_THROW(connectedGroups(Flat{{0.0F, 0.0F}}, -1.0F), ConfigError);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THROW(connectedGroups(Flat{{0.0F, nan}}, 1.0F), DatasetError);
    EXPECT_THROW(connectedGroups(Flat{{1e20F, 0.0F}}, 1.0F), DatasetError);
}

/// Rings of a scanner 0.9 m above z = slopeX * x + slopeY * y - 0.9.
std::vector<Vec3f> rings(double slopeX, double slopeY, double noise) {
    SplitMix64 random(9);
    std::vector<Vec3f> points;
    for (double radius = 2.0; radius < 30.0; radius *= 1.08) {
        for (int i = 0; i < 360; ++i) {
            const double angle = 3.14159265 / 180.0 * i;
            const double x = radius * std::cos(angle), y = radius * std::sin(angle);
            const double z = slopeX * x + slopeY * y - 0.9 + noise * random.gaussian();
            points.push_back({static_cast<float>(x), static_cast<float>(y), static_cast<float>(z)});
        }
    }
    return points;
}

TEST(Ground, FindsThePlaneOfASlope) {
    const auto points = rings(0.06, -0.04, 0.004);
    const Ground ground(points);
    for (const Vec3f& point : points) {
        const GroundPlane& plane = ground.planeAt(point[0], point[1]);
        const double truth = 0.06 * point[0] - 0.04 * point[1] - 0.9;
        EXPECT_NEAR(plane.at(point[0], point[1]), truth, 0.02);
    }
}

TEST(Ground, IsNotMovedByWhatStandsOnItNorByEchoesBelow) {
    auto points = rings(0.03, 0.02, 0.003);
    const auto heightAt = [](double x, double y) { return 0.03 * x + 0.02 * y - 0.9; };
    for (int i = 0; i < 4000; ++i) { // a wall along y = 6
        const float x = -8.0F + 0.004F * static_cast<float>(i);
        points.push_back(
            {x, 6.0F, static_cast<float>(heightAt(x, 6.0)) + 0.001F * static_cast<float>(i % 1500)}
        );
    }
    points.push_back({5.0F, 0.0F, -4.0F});
    points.push_back({-5.0F, 2.0F, -7.0F});
    const Ground ground(points);
    for (double x = -10.0; x <= 10.0; x += 1.7) {
        for (double y = -10.0; y <= 10.0; y += 1.7) {
            const auto fx = static_cast<float>(x), fy = static_cast<float>(y);
            EXPECT_NEAR(ground.planeAt(fx, fy).at(x, y), heightAt(x, y), 0.03) << x << " " << y;
        }
    }
}

TEST(Ground, OfNothingIsLevel) {
    const Ground ground(std::vector<Vec3f>{});
    EXPECT_EQ(ground.heightAbove({3.0F, 4.0F, 0.5F}), 0.5F);
    const std::vector<Vec3f> one{{1.0F, 1.0F, -2.0F}};
    EXPECT_NEAR(Ground(one).heightAbove({1.0F, 1.0F, -1.5F}), 0.5F, 1e-6);
    EXPECT_TRUE(std::isfinite(Ground(one).heightAbove({1e9F, -1e9F, 0.0F})));
}

/// A slope with cones (columns of points) at the given places, and a wall.
struct Yard {
    std::vector<Vec3f> points = rings(0.02, 0.0, 0.002);
    std::size_t ground = points.size();

    void stand(float x, float y, float height, int count) {
        for (int i = 0; i < count; ++i) {
            const float z =
                0.02F * x - 0.9F + height * static_cast<float>(i + 1) / static_cast<float>(count);
            points.push_back({x + 0.02F * static_cast<float>(i % 3), y, z});
        }
    }
};

TEST(Candidates, AreWhatIsAboutAsLargeAsACone) {
    Yard yard;
    yard.stand(5.0F, 1.5F, 0.3F, 6); // the lowest point 5 cm above the ground
    yard.stand(8.0F, -2.0F, 0.3F, 2);
    yard.stand(9.0F, 4.0F, 0.3F, 1);   // a single point
    yard.stand(-6.0F, 3.0F, 1.8F, 40); // a post
    for (int i = 0; i < 40; ++i) {     // a low wall, 2 m long
        yard.stand(3.0F + 0.05F * static_cast<float>(i), -6.0F, 0.4F, 3);
    }
    const auto found = findCandidates(yard.points);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].points.size(), 6U);
    EXPECT_EQ(found[0].points.front(), yard.ground);
    EXPECT_NEAR(found[0].range(), std::hypot(5.02, 1.5), 0.02);
    EXPECT_NEAR(found[0].ground.at(5.0, 1.5), 0.02 * 5.0 - 0.9, 0.02);
    EXPECT_EQ(found[1].points.size(), 2U);
    EXPECT_TRUE(findCandidates(std::vector<Vec3f>{}).empty());
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(findCandidates(yard.points, {}, stop.get_token()), Cancelled);
    yard.points.push_back({std::numeric_limits<float>::infinity(), 0.0F, 0.0F});
    EXPECT_THROW(findCandidates(yard.points), DatasetError);
}

TEST(ObjectClouds, GoIntoTheirOwnFrameAndBack) {
    ObjectCandidate candidate;
    candidate.points = {0, 1};
    candidate.centroid = {3.0F, 4.0F, 0.2F};
    candidate.ground = {-0.5, 0.1, 0.0};
    const std::vector<Vec3f> points{{3.0F, 4.0F, 0.1F}, {3.6F, 4.8F, 0.3F}};
    const std::vector<float> intensity{0.25F, 0.75F};
    const auto cloud = cloudOf(candidate, points, intensity);
    const float floor = -0.5F + 0.3F;
    EXPECT_NEAR(cloud.points[0][0], 0.0F, 1e-6F);
    EXPECT_NEAR(cloud.points[0][2], 0.1F - floor, 1e-6F);
    EXPECT_NEAR(cloud.points[1][0], 1.0F, 1e-6F) << "away from the sensor";
    EXPECT_NEAR(cloud.points[1][1], 0.0F, 1e-6F);
    EXPECT_EQ(cloud.points[1][3], 0.75F);
    EXPECT_NEAR(cloud.points[1][4], 5.0F / 20.0F, 1e-6F);
    const Vec3f there = cloud.frame.toSensor(cloud.frame.fromSensor({7.0F, -2.0F, 1.0F}));
    EXPECT_NEAR(there[0], 7.0F, 1e-5F);
    EXPECT_NEAR(there[1], -2.0F, 1e-5F);
    EXPECT_NEAR(there[2], 1.0F, 1e-5F);
}

TEST(ObjectTruth, TheMajorityOfPointsDecides) {
    auto scan = std::make_shared<Scan>();
    scan->id = "made";
    scan->positions.resize(7);
    ObjectScan truth{scan};
    truth.cones = {{ConeKind::Yellow, {}, 4, 2}, {ConeKind::Blue, {}, 9, 3}};
    truth.instances = {9, 9, 9, 0, 4, 0, 0};
    const auto candidate = [](std::vector<std::uint32_t> points) {
        ObjectCandidate one;
        one.points = std::move(points);
        return one;
    };
    const std::vector candidates{
        candidate({0, 1, 2, 3}), candidate({4, 5}), candidate({4, 5, 6}), candidate({3, 5})};
    const auto cones = conesOf(candidates, truth);
    EXPECT_EQ(cones[0], 1U);
    EXPECT_EQ(cones[1], 0U) << "half is enough";
    EXPECT_FALSE(cones[2].has_value());
    EXPECT_FALSE(cones[3].has_value());
    truth.instances.pop_back();
    EXPECT_THROW(conesOf(candidates, truth), DatasetError);
    EXPECT_THROW(intensityOf(*scan), DatasetError);
    scan->fields.push_back({"intensity", 1, std::vector<float>(7, 200.0F)});
    EXPECT_THROW(intensityOf(*scan), DatasetError) << "bytes are no shares";
}

} // namespace
} // namespace siskin
