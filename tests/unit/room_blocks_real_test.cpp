// SPDX-License-Identifier: MIT
// A real room, cut as networks read it.
#include "core/scan/room_blocks.hpp"
#include "datasets/s3dis/room_points.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace siskin::test {
namespace {

using Square = std::pair<std::int64_t, std::int64_t>;

TEST(RoomBlocksReal, TheHallwayIsCoveredByBothCuts) {
    const auto layout = findS3dis(sharedRoot() / "data/s3dis");
    const RoomPoints room = readRoom(layout.rooms.at(0), OtherObjects::Drop);
    ASSERT_EQ(room.positions.size(), 175075U);
    std::array<double, 3> low = room.positions.front();
    for (const auto& point : room.positions) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            low[axis] = std::min(low[axis], point[axis]);
        }
    }
    for (const double offset : {0.0, 0.75}) {
        const auto squareOf = [&](std::uint32_t point) {
            const auto& p = room.positions[point];
            return Square{
                std::floor((p[0] - low[0] + offset) / 1.5),
                std::floor((p[1] - low[1] + offset) / 1.5)};
        };
        std::map<Square, int> counts;
        for (std::uint32_t i = 0; i < room.positions.size(); ++i) {
            ++counts[squareOf(i)];
        }
        const auto windows = cutRoom(room.positions, room.colours, offset, 1);
        std::vector<bool> seen(room.positions.size());
        for (const RoomWindow& window : windows) {
            ASSERT_LE(window.points.size(), kWindowPoints);
            std::set<Square> squares;
            for (const std::uint32_t point : window.points) {
                seen[point] = true;
                squares.insert(squareOf(point));
            }
            // One block, and small ones beside it.
            const auto large = std::count_if(squares.begin(), squares.end(), [&](const Square& s) {
                return counts[s] >= 820;
            });
            EXPECT_LE(large, 1);
            EXPECT_TRUE(large == 1 || squares.size() == 1);
            for (const Square& a : squares) {
                for (const Square& b : squares) {
                    EXPECT_LE(std::abs(a.first - b.first), 2);
                    EXPECT_LE(std::abs(a.second - b.second), 2);
                }
            }
        }
        const auto covered = std::count(seen.begin(), seen.end(), true);
        EXPECT_GT(covered, 175075 * 97 / 100);
    }
}

} // namespace
} // namespace siskin::test
