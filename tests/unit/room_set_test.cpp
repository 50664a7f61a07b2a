// SPDX-License-Identifier: MIT
// The made-up S3DIS as the ordinary reader reads it.
#include "core/base/parallel.hpp"
#include "datasets/open.hpp"
#include "datasets/s3dis/classes.hpp"
#include "datasets/synthetic/rooms/room_set.hpp"
#include "tests/support/shared_data.hpp"
#include "tests/unit/made_folders.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <map>
#include <set>

namespace siskin::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::array kKinds = {
    RoomKind::Office, RoomKind::ConferenceRoom, RoomKind::Hallway, RoomKind::Lounge};

void ignoreProgress(double, const std::string&) {}

RoomScene roomOf(RoomKind kind, std::uint64_t seed) {
    Random random(seed);
    return makeRoom(kind, random);
}

/// Brute force over all triangles (Moeller and Trumbore, 1997): how far a ray gets.
double freeWay(const Mesh& mesh, const Vec3d& origin, const Vec3d& direction) {
    double nearest = 1e9;
    const auto at = [&](std::uint32_t i) {
        return Vec3d{mesh.vertices[i][0], mesh.vertices[i][1], mesh.vertices[i][2]};
    };
    for (const auto& [a, b, c] : mesh.triangles) {
        const Vec3d e1 = at(b) - at(a);
        const Vec3d e2 = at(c) - at(a);
        const Vec3d p = cross(direction, e2);
        const double determinant = dot(e1, p);
        if (std::abs(determinant) < 1e-12) {
            continue;
        }
        const Vec3d s = origin - at(a);
        const double u = dot(s, p) / determinant;
        const Vec3d q = cross(s, e1);
        const double v = dot(direction, q) / determinant;
        const double t = dot(e2, q) / determinant;
        if (u >= 0 && v >= 0 && u + v <= 1 && t > 1e-6) {
            nearest = std::min(nearest, t);
        }
    }
    return nearest;
}

TEST(RoomScanner, KeepsOnlyWhatAScannerSees) {
    const RoomScene room = roomOf(RoomKind::Office, 4);
    const auto points = scanRoom(room, 11, 20'000);
    ASSERT_GT(points.size(), 5'000U);
    EXPECT_LT(points.size(), 20'000U); // some of the skin is hidden
    for (std::size_t i = 0; i < points.size(); i += points.size() / 100) {
        const bool seen =
            std::any_of(room.scanners.begin(), room.scanners.end(), [&](const Vec3d& eye) {
                const Vec3d way = points[i].position - eye;
                constexpr double kNoise = 0.08; // of a glass pane, five deviations
                return freeWay(room.mesh, eye, normalized(way)) > length(way) - kNoise;
            });
        EXPECT_TRUE(seen) << i;
    }
}

TEST(RoomScanner, CanBeStopped) {
    std::stop_source stop;
    stop.request_stop();
    const RoomScene room = roomOf(RoomKind::Office, 4);
    EXPECT_THROW(scanRoom(room, 11, 20'000, stop.get_token()), Cancelled);
}

TEST(RoomScanner, MeasuresTheSurfaceItNames) {
    const RoomScene room = roomOf(RoomKind::ConferenceRoom, 5);
    std::map<std::uint32_t, std::size_t> counts;
    for (const RoomPoint& point : scanRoom(room, 12, 60'000)) {
        const std::uint32_t id = room.surfaces[point.surface].classId;
        ++counts[id];
        if (id == indoorClassOf("floor")) {
            ASSERT_NEAR(point.position.z, 0.0, 0.02);
        }
        if (id == indoorClassOf("ceiling")) {
            ASSERT_NEAR(point.position.z, room.height, 0.02);
        }
        ASSERT_GT(point.position.z, -0.05);
        ASSERT_LT(point.position.z, room.height + 0.05);
    }
    EXPECT_GT(counts[indoorClassOf("floor")], 2'000U);
    EXPECT_GT(counts[indoorClassOf("table")], 200U);
    EXPECT_GT(counts[indoorClassOf("board")], 200U);
}

TEST(RoomScenes, FurnitureStandsInTheRoom) {
    for (const RoomKind kind : kKinds) {
        for (std::uint64_t seed = 0; seed < 25; ++seed) {
            const RoomScene room = roomOf(kind, seed);
            ASSERT_GE(room.scanners.size(), 2U);
            for (const Vec3d& eye : room.scanners) {
                EXPECT_TRUE(eye.x > 0 && eye.x < room.sizeX && eye.y > 0 && eye.y < room.sizeY);
            }
            for (std::size_t i = 0; i < room.mesh.triangles.size(); ++i) {
                const RoomSurface& surface = room.surfaces[room.mesh.tags[i]];
                const auto& vertex = room.mesh.vertices[room.mesh.triangles[i][0]];
                ASSERT_TRUE(std::isfinite(vertex[0] + vertex[1] + vertex[2]));
                ASSERT_LT(surface.classId, kIndoorClasses.size());
                // Doors, windows and walls reach into the masonry, and a chair's back may lean out.
                const float slack = 1.0F;
                ASSERT_GT(vertex[0], -slack) << kIndoorClasses[surface.classId] << seed;
                ASSERT_LT(vertex[0], static_cast<float>(room.sizeX) + slack);
                ASSERT_GT(vertex[1], -slack) << kIndoorClasses[surface.classId] << seed;
                ASSERT_LT(vertex[1], static_cast<float>(room.sizeY) + slack);
                ASSERT_GT(vertex[2], -0.05F) << kIndoorClasses[surface.classId] << seed;
            }
        }
    }
}

struct RoomSet : testing::Test {
    fs::path make(const std::string& name, const RoomSetOptions& options) const {
        makeRoomSet(folder.path() / name, options, {}, ignoreProgress);
        return folder.path() / name;
    }

    TemporaryFolder folder;
};

TEST_F(RoomSet, ReadsBackWithEveryClass) {
    const fs::path root = make("rooms", {1, 4, 1, 100'000});
    const auto reader = openDataset(root);
    EXPECT_THAT(reader->warnings(), IsEmpty());
    ASSERT_EQ(reader->frames().size(), 4U);
    std::set<std::uint32_t> classes;
    for (std::size_t i = 0; i < 4; ++i) {
        const auto scan = reader->read(i);
        EXPECT_EQ(reader->frames()[i].group, "Area_1");
        EXPECT_THAT(scan->warnings, IsEmpty());
        EXPECT_GT(scan->pointCount(), 30'000U) << scan->id;
        EXPECT_LT(scan->pointCount(), 100'000U) << scan->id;
        classes.insert(scan->groundTruth->rawIds.begin(), scan->groundTruth->rawIds.end());
        // The room's own file holds the same points.
        const fs::path folderOfRoom = root / scan->id;
        const auto whole = readTextFile(folderOfRoom / (folderOfRoom.filename().string() + ".txt"));
        const auto lines = std::count(whole.begin(), whole.end(), '\n');
        EXPECT_EQ(static_cast<std::size_t>(lines), scan->pointCount());
    }
    EXPECT_EQ(classes.size(), kIndoorClasses.size());
}

TEST_F(RoomSet, SameSeedSameBytesOnAnyNumberOfThreads) {
    const auto expected = contentOf(make("first", {1, 1, 5, 60'000}));
    EXPECT_GT(expected.size(), 10U);
    for (const int threads : {1, 7}) {
        setThreadCount(threads);
        EXPECT_EQ(contentOf(make(std::to_string(threads), {1, 1, 5, 60'000})), expected) << threads;
    }
    setThreadCount(0);
    EXPECT_NE(contentOf(make("other", {1, 1, 6, 60'000})), expected);
}

TEST_F(RoomSet, AnInterruptLeavesNothingBehind) {
    std::stop_source stop;
    const auto progress = [&](double fraction, const std::string&) {
        if (fraction > 0.4) {
            stop.request_stop();
        }
    };
    EXPECT_THROW(
        makeRoomSet(folder.path() / "rooms", {1, 2, 1, 60'000}, stop.get_token(), progress),
        Cancelled
    );
    EXPECT_TRUE(isEmptyFolder(folder.path()));
}

TEST_F(RoomSet, RefusesBadRequests) {
    EXPECT_THAT(
        lineOf<ConfigError>([&] {
            make("rooms", {0, 1, 1, 60'000});
        }),
        HasSubstr("0 areas cannot be made")
    );
    EXPECT_THAT(
        lineOf<ConfigError>([&] {
            make("rooms", {1, 1001, 1, 60'000});
        }),
        HasSubstr("1001 rooms per area cannot be made")
    );
    EXPECT_THAT(
        lineOf<ConfigError>([&] {
            make("rooms", {1, 1, 1, 999});
        }),
        HasSubstr("999 points per room cannot be made")
    );
    EXPECT_TRUE(isEmptyFolder(folder.path()));
}

} // namespace
} // namespace siskin::test
