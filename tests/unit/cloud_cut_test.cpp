// SPDX-License-Identifier: MIT
// The protocols that cut shapes and rooms into clouds, against their definition point by point.
#include "core/base/parallel.hpp"
#include "core/run/cloud_cut.hpp"
#include "tests/unit/cloud_scans.hpp"
#include "tests/unit/scan_test_tools.hpp"

#include <gtest/gtest.h>

#include <gmock/gmock.h>
#include <limits>
#include <map>
#include <set>

namespace siskin::test {
namespace {

using testing::HasSubstr;

float at(const CloudSample& sample, std::int64_t channel, std::size_t point) {
    return sample.features[0][channel][static_cast<std::int64_t>(point)].item<float>();
}

/// How often each point of the scan is in a sample.
std::vector<int> countsOf(const CloudCut& cut, std::size_t points) {
    std::vector<int> counts(points, 0);
    for (std::size_t i = 0; i < cut.samples; ++i) {
        for (const std::uint32_t point : cut.sample(i).points) {
            ++counts.at(point);
        }
    }
    return counts;
}

TEST(CutShape, TilesCutsAndShuffles) {
    for (const std::size_t points : {1U, 7U, 2047U, 2048U, 2049U, 5000U}) {
        for (const int votes : {1, 3}) {
            const auto cut = cutShape(madeShape(points), true, votes, kProtocolSeed);
            const std::size_t clouds = static_cast<std::size_t>(votes) * ((points + 2047) / 2048);
            ASSERT_EQ(cut.samples, clouds);
            const std::size_t drawn = clouds * 2048;
            const auto counts = countsOf(cut, points);
            for (std::size_t i = 0; i < points; ++i) {
                const std::size_t expected = drawn / points + (i < drawn % points ? 1 : 0);
                ASSERT_EQ(static_cast<std::size_t>(counts[i]), expected) << points << " " << i;
            }
        }
    }
    const auto first = cutShape(madeShape(5000), true, 1, 1).sample(0).points;
    EXPECT_FALSE(std::is_sorted(first.begin(), first.end()));
    EXPECT_NE(first, cutShape(madeShape(5000), true, 1, 2).sample(0).points);
}

TEST(CutShape, ChannelsAreOfTheUnitBall) {
    const auto scan = madeShape(300);
    std::array<double, 3> centre{};
    for (const auto& p : scan.positions) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            centre[axis] += p[axis] / 300.0;
        }
    }
    double largest = 0.0;
    for (const auto& p : scan.positions) {
        largest =
            std::max(largest, std::hypot(p[0] - centre[0], p[1] - centre[1], p[2] - centre[2]));
    }
    for (const bool normals : {true, false}) {
        const auto cut = cutShape(scan, normals, 1, 5);
        EXPECT_EQ(cut.firstClass, 12);
        EXPECT_EQ(cut.classCount, 4U);
        const auto sample = cut.sample(0);
        const std::int64_t category = normals ? 6 : 3;
        ASSERT_EQ(sample.features.sizes(), torch::IntArrayRef({1, category + 16, 2048}));
        for (std::size_t i = 0; i < 400; ++i) {
            const std::size_t point = sample.points[i];
            for (std::size_t axis = 0; axis < 3; ++axis) {
                const auto channel = static_cast<std::int64_t>(axis);
                const double expected = (scan.positions[point][axis] - centre[axis]) / largest;
                ASSERT_NEAR(at(sample, channel, i), expected, 1e-6);
                if (normals) {
                    ASSERT_EQ(at(sample, 3 + channel, i), scan.fields[0].values[3 * point + axis]);
                }
            }
            for (std::int64_t c = 0; c < 16; ++c) {
                ASSERT_EQ(at(sample, category + c, i), c == 4 ? 1.0F : 0.0F);
            }
        }
    }
}

TEST(CutShape, AllPointsInOnePlaceAreTheOrigin) {
    auto scan = madeShape(3);
    scan.positions = {{2.0F, 2.0F, 2.0F}, {2.0F, 2.0F, 2.0F}, {2.0F, 2.0F, 2.0F}};
    const auto sample = cutShape(scan, true, 1, 5).sample(0);
    EXPECT_EQ(sample.features.narrow(1, 0, 3).abs().max().item<float>(), 0.0F);
}

TEST(CutShape, RefusesWhatItCannotTake) {
    const auto refusal = [](Scan scan, bool normals = true) {
        return lineOf<DatasetError>([&] { (void)cutShape(scan, normals, 1, 1); });
    };
    auto scan = madeShape(5);
    scan.shapeCategory.reset();
    EXPECT_THAT(refusal(scan), HasSubstr("Chair/made: needs an object of a known category"));
    scan = madeShape(5);
    scan.fields.clear();
    EXPECT_THAT(refusal(scan), HasSubstr("needs normals"));
    EXPECT_NO_THROW((void)cutShape(scan, false, 1, 1));
    EXPECT_THAT(refusal(madeShape(0)), HasSubstr("no point"));
    scan = madeShape(5);
    scan.positions[3][1] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_THAT(refusal(scan), HasSubstr("point 3"));
    scan = madeShape(5);
    scan.fields[0].values[7] = std::numeric_limits<float>::infinity();
    EXPECT_THAT(refusal(scan), HasSubstr("'normal' is not finite"));
}

/// z above the floor, colours and shares of the room, of every point of a sample.
void expectRoomChannels(const Scan& scan, const CloudSample& sample) {
    const Vec3f corner = lowestCorner(scan);
    Vec3f extent{};
    for (const auto& p : scan.positions) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            extent[axis] = std::max(extent[axis], p[axis] - corner[axis]);
        }
    }
    const auto values = sample.features[0].t().contiguous();
    const auto* row = values.data_ptr<float>();
    for (const std::uint32_t point : sample.points) {
        ASSERT_NEAR(row[2], scan.positions[point][2] - corner[2], 1e-5);
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const float share = (scan.positions[point][axis] - corner[axis]) / extent[axis];
            ASSERT_NEAR(row[3 + axis], scan.fields[0].values[3 * point + axis] / 255.0F, 1e-6);
            ASSERT_NEAR(row[6 + axis], share, 1e-5);
        }
        row += 9;
    }
}

/// x and y of all points of a sample are from one place, which is returned.
std::array<float, 2> originOf(const Scan& scan, const CloudSample& sample) {
    std::array<float, 2> origin{};
    for (std::size_t axis = 0; axis < 2; ++axis) {
        const auto values = sample.features[0][static_cast<std::int64_t>(axis)].contiguous();
        const auto* value = values.data_ptr<float>();
        origin[axis] = scan.positions[sample.points[0]][axis] - value[0];
        for (std::size_t i = 0; i < sample.points.size(); ++i) {
            const float own = scan.positions[sample.points[i]][axis] - value[i];
            EXPECT_NEAR(own, origin[axis], 1e-4);
        }
    }
    return origin;
}

TEST(CutRoomWindows, EveryWindowIsTiledTo8192) {
    const auto scan = madeRoom(20'000, 4.0F, 2.0F);
    for (const std::int64_t cloud : {4096, 8192}) {
        const auto cut = cutRoomWindows(scan, cloud, 11, {});
        const auto perWindow = static_cast<std::size_t>(8192 / cloud);
        ASSERT_EQ(cut.samples % perWindow, 0U);
        for (std::size_t window = 0; window < cut.samples / perWindow; ++window) {
            std::map<std::uint32_t, int> counts;
            std::array<float, 2> origin{};
            for (std::size_t part = 0; part < perWindow; ++part) {
                const auto sample = cut.sample(window * perWindow + part);
                ASSERT_EQ(sample.features.sizes(), torch::IntArrayRef({1, 9, cloud}));
                ASSERT_EQ(sample.points.size(), static_cast<std::size_t>(cloud));
                expectRoomChannels(scan, sample);
                const auto own = originOf(scan, sample);
                EXPECT_TRUE(
                    part == 0 || own == origin ||
                    std::hypot(own[0] - origin[0], own[1] - origin[1]) < 1e-3
                );
                origin = own;
                for (const std::uint32_t point : sample.points) {
                    ++counts[point];
                }
            }
            int total = 0;
            for (const auto& [point, count] : counts) {
                total += count;
            }
            EXPECT_EQ(total, 8192);
        }
    }
}

TEST(CutRoomWindows, BothOffsetsCoverTheRoom) {
    const auto scan = madeRoom(30'000, 5.0F, 3.0F);
    const auto counts = countsOf(cutRoomWindows(scan, 4096, 3, {}), scan.pointCount());
    const auto missing = std::count(counts.begin(), counts.end(), 0);
    EXPECT_LT(missing, 300); // the resampling loses a point here and there
}

TEST(CutRoomColumns, EveryPointOfAColumnIsInItsClouds) {
    const auto scan = madeRoom(30'000, 3.5F, 1.2F);
    const Vec3f corner = lowestCorner(scan);
    std::map<std::pair<int, int>, std::size_t> columns;
    const auto columnOf = [&](std::size_t point) {
        const auto place = [&](std::size_t axis) {
            const double distance = double{scan.positions[point][axis]} - corner[axis];
            return static_cast<int>(std::floor(distance));
        };
        return std::pair(place(0), place(1));
    };
    for (std::size_t i = 0; i < scan.pointCount(); ++i) {
        ++columns[columnOf(i)];
    }
    std::size_t clouds = 0;
    for (const auto& [place, points] : columns) {
        clouds += (points + 4095) / 4096;
    }
    const auto cut = cutRoomColumns(scan, 17, {});
    ASSERT_EQ(cut.samples, clouds);
    std::map<std::pair<int, int>, std::map<std::uint32_t, std::size_t>> counts;
    for (std::size_t i = 0; i < cut.samples; ++i) {
        const auto sample = cut.sample(i);
        ASSERT_EQ(sample.features.sizes(), torch::IntArrayRef({1, 9, 4096}));
        expectRoomChannels(scan, sample);
        const auto place = columnOf(sample.points[0]);
        const auto origin = originOf(scan, sample);
        EXPECT_NEAR(origin[0], corner[0] + static_cast<float>(place.first) + 0.5F, 1e-4);
        EXPECT_NEAR(origin[1], corner[1] + static_cast<float>(place.second) + 0.5F, 1e-4);
        for (const std::uint32_t point : sample.points) {
            ASSERT_EQ(columnOf(point), place);
            ++counts[place][point];
        }
    }
    for (const auto& [place, points] : columns) {
        const std::size_t drawn = (points + 4095) / 4096 * 4096;
        ASSERT_EQ(counts[place].size(), points);
        for (const auto& [point, count] : counts[place]) {
            ASSERT_TRUE(count == drawn / points || count == drawn / points + 1);
        }
    }
}

TEST(Cuts, AreTheNetworksOwn) {
    using Sizes = std::vector<std::int64_t>;
    const auto sizesFor = [](const Scan& scan, ModelKind kind, ModelTask task, std::int64_t in) {
        return cutForNetwork(scan, {kind, task}, in, 1, 1, {}).sample(0).features.sizes().vec();
    };
    const auto room = madeRoom(5'000, 1.3F, 1.3F);
    const auto rooms = ModelTask::IndoorScene;
    EXPECT_EQ(sizesFor(room, ModelKind::Pvcnn, rooms, 9), (Sizes{1, 9, 4096}));
    EXPECT_EQ(sizesFor(room, ModelKind::PointNet, rooms, 9), (Sizes{1, 9, 4096}));
    EXPECT_EQ(sizesFor(room, ModelKind::Pvcnn2, rooms, 9), (Sizes{1, 9, 8192}));
    const auto columns = cutForNetwork(room, {ModelKind::Dgcnn, rooms}, 9, 1, 1, {});
    EXPECT_EQ(columns.samples, 4U);
    EXPECT_EQ(columns.sample(0).features.sizes().vec(), (Sizes{1, 9, 4096}));
    const auto shape = madeShape(100);
    const auto shapes = ModelTask::ShapeParts;
    EXPECT_EQ(sizesFor(shape, ModelKind::Pvcnn, shapes, 22), (Sizes{1, 22, 2048}));
    EXPECT_EQ(sizesFor(shape, ModelKind::PointNet, shapes, 19), (Sizes{1, 19, 2048}));
}

TEST(CutRooms, RefuseWhatTheyCannotTake) {
    auto scan = madeRoom(50, 1.0F, 1.0F);
    for (const bool windows : {true, false}) {
        const auto cut = [windows](const Scan& room) {
            return windows ? cutRoomWindows(room, 4096, 1, {}) : cutRoomColumns(room, 1, {});
        };
        auto bare = scan;
        bare.fields.clear();
        EXPECT_THAT(
            lineOf<DatasetError>([&] { (void)cut(bare); }), HasSubstr("needs a colour per point")
        );
        auto far = scan;
        for (const float x : {3e6F, 3e38F}) {
            far.positions[7][0] = x;
            EXPECT_THAT(lineOf<DatasetError>([&] { (void)cut(far); }), HasSubstr("cannot be cut"));
        }
        auto bad = scan;
        bad.fields[0].values[8] = std::numeric_limits<float>::quiet_NaN();
        EXPECT_THAT(lineOf<DatasetError>([&] { (void)cut(bad); }), HasSubstr("not finite"));
        bad = scan;
        bad.positions.clear();
        EXPECT_THAT(lineOf<DatasetError>([&] { (void)cut(bad); }), HasSubstr("no point"));
        std::stop_source stop;
        stop.request_stop();
        EXPECT_THROW(
            (void
            )(windows ? cutRoomWindows(scan, 4096, 1, stop.get_token())
                      : cutRoomColumns(scan, 1, stop.get_token())),
            Cancelled
        );
    }
}

TEST(Cuts, DoNotDependOnTheNumberOfThreads) {
    const auto room = madeRoom(12'000, 3.0F, 2.0F);
    const auto shape = madeShape(4000);
    const auto pointsOf = [&] {
        std::vector<std::vector<std::uint32_t>> points;
        for (const auto& cut :
             {cutRoomWindows(room, 4096, kProtocolSeed, {}),
              cutRoomColumns(room, kProtocolSeed, {}),
              cutShape(shape, true, 2, kProtocolSeed)}) {
            for (std::size_t i = 0; i < cut.samples; ++i) {
                points.push_back(cut.sample(i).points);
            }
        }
        return points;
    };
    setThreadCount(1);
    const auto expected = pointsOf();
    for (const int threads : {2, 7}) {
        setThreadCount(threads);
        EXPECT_EQ(pointsOf(), expected);
    }
    setThreadCount(0);
}

} // namespace
} // namespace siskin::test
