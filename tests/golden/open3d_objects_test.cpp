// SPDX-License-Identifier: MIT
// Our ground and groups against Open3D's segment_plane and cluster_dbscan, on a made-up track.
#include "core/objects/clusters.hpp"
#include "core/objects/ground.hpp"
#include "datasets/synthetic/track/track_scan.hpp"

#include <gtest/gtest.h>
#include <open3d/geometry/PointCloud.h>
#include <open3d/utility/Logging.h>

#include <map>

namespace siskin {
namespace {

open3d::geometry::PointCloud cloudFrom(const std::vector<Vec3f>& points) {
    open3d::geometry::PointCloud cloud;
    for (const auto& [x, y, z] : points) {
        cloud.points_.emplace_back(x, y, z);
    }
    return cloud;
}

/// What stands on the ground within 30 m.
std::vector<Vec3f> standing(const TrackFrame& frame) {
    const Ground ground(frame.positions);
    std::vector<Vec3f> points;
    for (const Vec3f& point : frame.positions) {
        if (std::hypot(point[0], point[1]) < 30.0F && ground.heightAbove(point) > 0.03F) {
            points.push_back(point);
        }
    }
    return points;
}

TEST(Open3dObjects, GroupsAreThoseOfDbscanWithOneCorePoint) {
    for (const std::uint64_t seed : {1, 2}) {
        const auto points = standing(TrackDrive(seed, 4).frame(1, 32));
        std::vector<Vec3f> flat;
        std::vector<std::array<float, 2>> above;
        for (const auto& [x, y, z] : points) {
            flat.push_back({x, y, 0.0F});
            above.push_back({x, y});
        }
        ASSERT_GT(flat.size(), 500U);
        // Open3D: strictly nearer than eps, in double; ours: at most. Random points have no ties.
        const auto labels = cloudFrom(flat).ClusterDBSCAN(0.25, 1);
        const auto groups = connectedGroups(above, 0.25F);
        std::map<int, std::vector<std::uint32_t>> theirs;
        for (std::uint32_t i = 0; i < labels.size(); ++i) {
            theirs[labels[i]].push_back(i);
        }
        ASSERT_EQ(groups.size(), theirs.size());
        std::map<std::uint32_t, const std::vector<std::uint32_t>*> byFirst;
        for (const auto& [label, members] : theirs) {
            byFirst[members.front()] = &members;
        }
        for (const auto& group : groups) {
            ASSERT_TRUE(byFirst.contains(group.front()));
            EXPECT_EQ(group, *byFirst[group.front()]);
        }
    }
}

TEST(Open3dObjects, OnePlaneFitsANearPieceAsWellAsOurs) {
    const auto frame = TrackDrive(3, 4).frame(2, 64);
    std::vector<Vec3f> near;
    for (std::size_t i = 0; i < frame.size(); ++i) {
        const auto& point = frame.positions[i];
        const bool piece = point[0] > 4.0F && point[0] < 7.0F && std::abs(point[1]) < 1.5F;
        if (piece && frame.raw[i] == static_cast<std::uint32_t>(TrackLabel::Ground)) {
            near.push_back(point);
        }
    }
    ASSERT_GT(near.size(), 200U);
    const auto [plane, inliers] = cloudFrom(near).SegmentPlane(0.03, 3, 500);
    ASSERT_GT(inliers.size(), near.size() * 9 / 10);
    const Ground ground(frame.positions);
    for (const auto& [x, y, z] : near) {
        const double theirs = -(plane[0] * x + plane[1] * y + plane[3]) / plane[2];
        EXPECT_NEAR(ground.planeAt(x, y).at(x, y), theirs, 0.03);
    }
}

} // namespace
} // namespace siskin
