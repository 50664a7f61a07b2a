// SPDX-License-Identifier: MIT
// The cutting of rooms, against its rules applied one point at a time.
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/base/split_mix.hpp"
#include "core/scan/room_blocks.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <gmock/gmock.h>
#include <limits>
#include <map>
#include <set>

namespace siskin::test {
namespace {

using testing::ElementsAre;
using Point = std::array<double, 3>;
using Square = std::pair<std::int64_t, std::int64_t>;

struct MadeRoom {
    std::vector<Point> positions;
    std::vector<Point> colours;

    /// `count` points in the block (x, y) of the grid of 1.5 m, apart from each other by more than
    /// a cell unless `dense`.
    void addBlock(int x, int y, int count, bool dense = false) {
        SplitMix64 random(positions.size() + 1);
        for (int i = 0; i < count; ++i) {
            const double side = dense ? 0.02 : 1.4;
            positions.push_back(
                {1.5 * x + random.uniform(0.01, side),
                 1.5 * y + random.uniform(0.01, side),
                 random.uniform(0.0, dense ? 0.02 : 3.0)}
            );
            colours.push_back({random.uniform(0, 255), random.uniform(0, 255), 7.0});
        }
    }

    std::vector<RoomWindow> cut(double offset = 0.0, std::uint64_t seed = 5) const {
        return cutRoom(positions, colours, offset, seed);
    }
};

/// A room whose smallest corner is the origin: three large blocks, small ones around.
MadeRoom roomWithCorner() {
    MadeRoom room;
    room.positions.push_back({0, 0, 0});
    room.colours.push_back({255, 0, 0});
    return room;
}

Square squareOf(const Point& point, const Point& corner, double offset) {
    return {
        static_cast<std::int64_t>(std::floor((point[0] - corner[0] + offset) / 1.5)),
        static_cast<std::int64_t>(std::floor((point[1] - corner[1] + offset) / 1.5))};
}

Point cornerOf(const std::vector<Point>& positions) {
    Point corner = positions.front();
    for (const Point& point : positions) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            corner[axis] = std::min(corner[axis], point[axis]);
        }
    }
    return corner;
}

/// Which squares each window's points come from.
std::vector<std::set<Square>> squaresOf(const MadeRoom& room, double offset = 0.0) {
    std::vector<std::set<Square>> result;
    const Point corner = cornerOf(room.positions);
    for (const RoomWindow& window : room.cut(offset)) {
        result.emplace_back();
        for (const std::uint32_t point : window.points) {
            result.back().insert(squareOf(room.positions[point], corner, offset));
        }
    }
    return result;
}

TEST(RoomBlocks, SmallBlocksJoinNeighboursInTheirOrder) {
    // Every small block in the middle of some large ones takes the first in the order
    // +y, +x, -y, -x, -x+y, +x+y, +x-y, -x-y.
    constexpr std::array<std::array<int, 2>, 8> kOrder = {
        {{0, 1}, {1, 0}, {0, -1}, {-1, 0}, {-1, 1}, {1, 1}, {1, -1}, {-1, -1}}};
    for (std::size_t first = 0; first < kOrder.size(); ++first) {
        MadeRoom room = roomWithCorner();
        room.addBlock(0, 0, 900); // the corner of the room, never a neighbour of (3, 3)
        room.addBlock(3, 3, 10);
        for (std::size_t i = first; i < kOrder.size(); ++i) {
            room.addBlock(3 + kOrder[i][0], 3 + kOrder[i][1], 900);
        }
        const Square taker{3 + kOrder[first][0], 3 + kOrder[first][1]};
        const std::set<Square> joined = {{3, 3}, taker};
        EXPECT_THAT(squaresOf(room), testing::Contains(joined)) << first;
    }
}

TEST(RoomBlocks, CountsStayAsTheyWereBeforeMerging) {
    // 819 points are few (819.2 is the limit), 820 enough. (1, 0) gets 819 + 10 points by no rule:
    // small blocks never take others, even when what joined them would make them large.
    MadeRoom room = roomWithCorner();
    room.addBlock(0, 0, 818);
    room.addBlock(1, 0, 10);
    EXPECT_THAT(squaresOf(room), ElementsAre(std::set<Square>{{0, 0}}, std::set<Square>{{1, 0}}));
    room.addBlock(0, 0, 1);
    EXPECT_THAT(squaresOf(room), ElementsAre(std::set<Square>{{0, 0}, {1, 0}}));
    // A chain: (2, 0) has only small (1, 0) beside it and stays, though (1, 0) joined (0, 0).
    room.addBlock(2, 0, 10);
    EXPECT_THAT(
        squaresOf(room), ElementsAre(std::set<Square>{{0, 0}, {1, 0}}, std::set<Square>{{2, 0}})
    );
}

/// Recomputes every feature of every window; the block of a window is given by `blockOf`.
void expectFeatures(const MadeRoom& room, const std::vector<RoomWindow>& windows) {
    const Point corner = cornerOf(room.positions);
    Point extent{};
    for (const Point& point : room.positions) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            extent[axis] = std::max(extent[axis], point[axis] - corner[axis]);
        }
    }
    for (const RoomWindow& window : windows) {
        ASSERT_EQ(window.features.size(), window.points.size());
        ASSERT_LE(window.points.size(), kWindowPoints);
        const double minX = room.positions[window.points[0]][0] - window.features[0][0];
        const double minY = room.positions[window.points[0]][1] - window.features[0][1];
        for (std::size_t i = 0; i < window.points.size(); ++i) {
            const Point& point = room.positions[window.points[i]];
            const Point& colour = room.colours[window.points[i]];
            const WindowFeatures& f = window.features[i];
            ASSERT_NEAR(f[0], point[0] - minX, 1e-5); // one centre for the whole window
            ASSERT_NEAR(f[1], point[1] - minY, 1e-5);
            ASSERT_GE(f[0], -0.75001F);
            ASSERT_GE(f[1], -0.75001F);
            ASSERT_NEAR(f[2], point[2] - corner[2], 1e-5);
            for (std::size_t axis = 0; axis < 3; ++axis) {
                ASSERT_NEAR(f[3 + axis], colour[axis] / 255.0, 1e-6);
                const double share =
                    extent[axis] > 0 ? (point[axis] - corner[axis]) / extent[axis] : 0.0;
                ASSERT_NEAR(f[6 + axis], share, 1e-6);
            }
        }
    }
}

TEST(RoomBlocks, FeaturesAndPartsOfAFullRoom) {
    MadeRoom room = roomWithCorner();
    room.addBlock(0, 0, 20000);
    room.addBlock(1, 0, 3000);
    room.addBlock(0, 2, 100);
    for (const double offset : {0.0, 0.75}) {
        const auto windows = room.cut(offset);
        expectFeatures(room, windows);
        std::set<std::uint32_t> seen;
        for (const RoomWindow& window : windows) {
            seen.insert(window.points.begin(), window.points.end());
        }
        // 14 x 14 cm cells of 3 cm hold at most a point or two here: nothing is repeated or lost.
        EXPECT_GT(seen.size(), room.positions.size() * 99 / 100);
    }
    // 20001 points in one block: three windows, equal up to rounding up.
    const auto windows = room.cut();
    std::vector<std::size_t> sizes;
    for (const RoomWindow& window : windows) {
        sizes.push_back(window.points.size());
    }
    EXPECT_THAT(sizes, ElementsAre(6667, 6667, 6667, 100, 3000));
}

TEST(RoomBlocks, SparseCellsAreFilledUp) {
    // One cell of 90 points, two of 1 and 2: the mean is 31, so these become 31 each, made of their
    // own points in equal number up to what is cut off.
    MadeRoom room = roomWithCorner(); // alone in its cell
    room.addBlock(0, 0, 0);
    for (int i = 0; i < 90; ++i) {
        room.positions.push_back({0.5, 0.5, 0.5 + 1e-5 * i});
    }
    room.positions.push_back({1.0, 0.0, 0.0});
    room.positions.push_back({1.0, 0.0, 0.001});
    room.colours.resize(room.positions.size(), Point{1, 2, 3});
    const auto windows = room.cut();
    ASSERT_EQ(windows.size(), 1U);
    std::map<std::uint32_t, int> times;
    for (const std::uint32_t point : windows[0].points) {
        ++times[point];
    }
    EXPECT_EQ(windows[0].points.size(), 90U + 31U + 31U);
    EXPECT_EQ(times[0], 31);
    EXPECT_EQ(times[91] + times[92], 31);
    EXPECT_NEAR(times[91], 15.5, 0.6); // 16 of each were there, one was cut off
    for (std::uint32_t point = 1; point <= 90; ++point) {
        EXPECT_EQ(times[point], 1);
    }
    expectFeatures(room, windows);
}

TEST(RoomBlocks, TheHalfCutBeginsEarlier) {
    MadeRoom room = roomWithCorner();
    room.addBlock(0, 0, 8000); // 0.01 to 1.4 m: astride of the half cut's borders at 0.75 m
    const auto halves = squaresOf(room, 0.75);
    EXPECT_THAT(
        halves,
        ElementsAre(
            std::set<Square>{{0, 0}},
            std::set<Square>{{0, 1}},
            std::set<Square>{{1, 0}},
            std::set<Square>{{1, 1}}
        )
    );
}

TEST(RoomBlocks, SameSeedSameWindowsOnAnyNumberOfThreads) {
    MadeRoom room = roomWithCorner();
    for (int x = 0; x < 4; ++x) {
        room.addBlock(x, 0, 900);
        room.addBlock(x, 1, 400, true);
    }
    const auto asText = [](const std::vector<RoomWindow>& windows) {
        std::vector<std::vector<std::uint32_t>> points;
        for (const RoomWindow& window : windows) {
            points.push_back(window.points);
        }
        return points;
    };
    const auto expected = asText(room.cut());
    for (const int threads : {1, 2, 7}) {
        setThreadCount(threads);
        EXPECT_EQ(asText(room.cut()), expected);
    }
    setThreadCount(0);
    EXPECT_NE(asText(room.cut(0.0, 6)), expected);
}

TEST(RoomBlocks, TinyAndFlatRooms) {
    MadeRoom room = roomWithCorner();
    const auto one = room.cut(0.75);
    ASSERT_EQ(one.size(), 1U);
    EXPECT_THAT(one[0].points, ElementsAre(0U));
    EXPECT_THAT(one[0].features[0], ElementsAre(-0.75F, -0.75F, 0, 1, 0, 0, 0, 0, 0));
    // Many points in one place: a window of all of them.
    room.positions.resize(100, Point{0, 0, 0});
    room.colours.resize(100, Point{0, 0, 0});
    EXPECT_EQ(room.cut()[0].points.size(), 100U);
    expectFeatures(room, room.cut());
    // Far from the origin, the same.
    MadeRoom far = room;
    for (Point& point : far.positions) {
        point = {1000, -2000, 30};
    }
    EXPECT_EQ(far.cut()[0].features, room.cut()[0].features);
}

TEST(RoomBlocks, RefusesWhatIsNoRoom) {
    MadeRoom room;
    EXPECT_THROW(room.cut(), DatasetError);
    room = roomWithCorner();
    room.colours.clear();
    EXPECT_THROW(room.cut(), DatasetError);
    room = roomWithCorner();
    room.positions.push_back({0, std::numeric_limits<double>::quiet_NaN(), 0});
    room.colours.push_back({0, 0, 0});
    EXPECT_THROW(room.cut(), DatasetError);
    room.positions.back()[1] = 1e300;
    EXPECT_THROW(room.cut(), DatasetError);
    room = roomWithCorner();
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(cutRoom(room.positions, room.colours, 0, 1, stop.get_token()), Cancelled);
}

} // namespace
} // namespace siskin::test
