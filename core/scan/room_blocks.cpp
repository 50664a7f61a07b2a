// SPDX-License-Identifier: MIT
#include "core/scan/room_blocks.hpp"

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/base/split_mix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace siskin {

namespace {

using Point = std::array<double, 3>;
using Indices = std::vector<std::uint32_t>;
using Cell = std::array<std::int64_t, 3>;

constexpr double kBlockSize = 1.5; // metres
constexpr double kCellSize = 0.03; // metres
constexpr double kFewPoints = static_cast<double>(kWindowPoints) / 10.0;

/// Positions from the room's smallest corner.
struct Room {
    std::vector<Point> positions;
    std::span<const Point> colours;
    Point extent{};
};

/// Points of one square of the grid.
struct Block {
    Indices points;
    bool large = false; ///< before anything joined it
};

using Blocks = std::map<std::pair<std::int64_t, std::int64_t>, Block>; // by x, then y

Point smallestCorner(std::span<const Point> positions) {
    Point corner = positions.front();
    for (const Point& point : positions) {
        for (std::size_t axis = 0; axis < corner.size(); ++axis) {
            corner[axis] = std::min(corner[axis], point[axis]);
        }
    }
    return corner;
}

bool isFinite(const Point& values) {
    return std::all_of(values.begin(), values.end(), [](double value) {
        return std::isfinite(value);
    });
}

Room roomOf(std::span<const Point> positions, std::span<const Point> colours) {
    if (positions.empty() || positions.size() != colours.size()) {
        throw DatasetError(fmt::format(
            "a room of {} points with {} colours cannot be cut", positions.size(), colours.size()
        ));
    }
    if (positions.size() > std::numeric_limits<std::uint32_t>::max()) {
        throw DatasetError(fmt::format("a room of {} points is too large", positions.size()));
    }
    for (std::size_t i = 0; i < positions.size(); ++i) {
        if (!isFinite(positions[i]) || !isFinite(colours[i])) {
            throw DatasetError(fmt::format("point {} of the room has a value that is not finite", i)
            );
        }
    }
    Room room{{positions.begin(), positions.end()}, colours, {}};
    const Point corner = smallestCorner(positions);
    for (Point& point : room.positions) {
        for (std::size_t axis = 0; axis < corner.size(); ++axis) {
            point[axis] -= corner[axis];
            room.extent[axis] = std::max(room.extent[axis], point[axis]);
        }
    }
    const double largest = *std::max_element(room.extent.begin(), room.extent.end());
    if (largest > kLargestRoom) {
        throw DatasetError(
            fmt::format("a room of {:.0f} m cannot be cut", largest), "positions are in metres"
        );
    }
    return room;
}

Blocks blocksOf(const Room& room, double offset) {
    Blocks blocks;
    for (std::size_t i = 0; i < room.positions.size(); ++i) {
        const Point& point = room.positions[i];
        const auto x = static_cast<std::int64_t>(std::floor((point[0] + offset) / kBlockSize));
        const auto y = static_cast<std::int64_t>(std::floor((point[1] + offset) / kBlockSize));
        blocks[{x, y}].points.push_back(static_cast<std::uint32_t>(i));
    }
    for (auto& [place, block] : blocks) {
        block.large = static_cast<double>(block.points.size()) >= kFewPoints;
    }
    return blocks;
}

/// Small blocks join a large neighbour; those that did are left empty.
void mergeSmall(Blocks& blocks) {
    constexpr std::array<std::array<std::int64_t, 2>, 8> kNeighbours = {
        {{0, 1}, {1, 0}, {0, -1}, {-1, 0}, {-1, 1}, {1, 1}, {1, -1}, {-1, -1}}};
    for (auto& [place, block] : blocks) {
        if (block.large) {
            continue;
        }
        for (const auto& [dx, dy] : kNeighbours) {
            const auto found = blocks.find({place.first + dx, place.second + dy});
            if (found != blocks.end() && found->second.large) {
                Indices& target = found->second.points;
                target.insert(target.end(), block.points.begin(), block.points.end());
                block.points.clear();
                break;
            }
        }
    }
}

/// The smallest corner of some of the room's points.
Point cornerOf(const Room& room, const Indices& points) {
    Point corner = room.positions[points.front()];
    for (const std::uint32_t index : points) {
        for (std::size_t axis = 0; axis < corner.size(); ++axis) {
            corner[axis] = std::min(corner[axis], room.positions[index][axis]);
        }
    }
    return corner;
}

/// A block's points by cell (x slowest), each cell in the block's order.
std::vector<Indices> cellsOf(const Room& room, const Indices& points) {
    const Point corner = cornerOf(room, points);
    std::vector<std::pair<Cell, std::uint32_t>> placed;
    placed.reserve(points.size());
    for (const std::uint32_t index : points) {
        Cell cell{};
        for (std::size_t axis = 0; axis < cell.size(); ++axis) {
            const double distance = room.positions[index][axis] - corner[axis];
            cell[axis] = static_cast<std::int64_t>(std::floor(distance / kCellSize));
        }
        placed.emplace_back(cell, index);
    }
    std::stable_sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) {
        return a.first < b.first;
    });
    std::vector<Indices> cells;
    for (std::size_t i = 0; i < placed.size(); ++i) {
        if (i == 0 || placed[i].first != placed[i - 1].first) {
            cells.emplace_back();
        }
        cells.back().push_back(placed[i].second);
    }
    return cells;
}

/// Evens out the density of a block: repeats points where they are few.
Indices resample(const Room& room, const Indices& points, SplitMix64& random) {
    const auto cells = cellsOf(room, points);
    const std::size_t mean = points.size() / cells.size();
    Indices result;
    for (const Indices& cell : cells) {
        if (cell.size() >= mean) {
            result.insert(result.end(), cell.begin(), cell.end());
            continue;
        }
        const std::size_t times = (mean + cell.size() - 1) / cell.size();
        Indices repeated;
        for (const std::uint32_t index : cell) {
            repeated.insert(repeated.end(), times, index);
        }
        random.shuffle(repeated, mean);
        result.insert(
            result.end(), repeated.begin(), repeated.begin() + static_cast<std::ptrdiff_t>(mean)
        );
    }
    return result;
}

WindowFeatures featuresOf(const Room& room, std::uint32_t index, const Point& corner) {
    const Point& point = room.positions[index];
    const Point& colour = room.colours[index];
    const auto share = [&](std::size_t axis) {
        return room.extent[axis] > 0.0 ? point[axis] / room.extent[axis] : 0.0;
    };
    const std::array<double, kWindowFeatures> values = {
        point[0] - (corner[0] + kBlockSize / 2.0),
        point[1] - (corner[1] + kBlockSize / 2.0),
        point[2],
        colour[0] / 255.0,
        colour[1] / 255.0,
        colour[2] / 255.0,
        share(0),
        share(1),
        share(2)};
    WindowFeatures features{};
    std::transform(values.begin(), values.end(), features.begin(), [](double value) {
        return static_cast<float>(value);
    });
    return features;
}

std::vector<RoomWindow> windowsOf(const Room& room, const Indices& block, SplitMix64 random) {
    Indices points = resample(room, block, random);
    const Point corner = cornerOf(room, points);
    random.shuffle(points);
    const std::size_t parts = (points.size() + kWindowPoints - 1) / kWindowPoints;
    const std::size_t size = (points.size() + parts - 1) / parts;
    std::vector<RoomWindow> windows;
    for (std::size_t begin = 0; begin < points.size(); begin += size) {
        const std::size_t end = std::min(begin + size, points.size());
        RoomWindow window;
        window.points.assign(
            points.begin() + static_cast<std::ptrdiff_t>(begin),
            points.begin() + static_cast<std::ptrdiff_t>(end)
        );
        window.features.reserve(window.points.size());
        for (const std::uint32_t index : window.points) {
            window.features.push_back(featuresOf(room, index, corner));
        }
        windows.push_back(std::move(window));
    }
    return windows;
}

} // namespace

std::vector<RoomWindow> cutRoom(
    std::span<const Point> positions,
    std::span<const Point> colours,
    double offset,
    std::uint64_t seed,
    const std::stop_token& stop
) {
    const Room room = roomOf(positions, colours);
    Blocks blocks = blocksOf(room, offset);
    mergeSmall(blocks);
    std::erase_if(blocks, [](const auto& entry) { return entry.second.points.empty(); });
    std::vector<const Indices*> order;
    for (const auto& [place, block] : blocks) {
        order.push_back(&block.points);
    }
    std::vector<std::vector<RoomWindow>> parts(order.size());
    const auto count = static_cast<std::int64_t>(order.size());
    parallelFor(count, 1, [&](std::int64_t first, std::int64_t last) {
        for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
            throwIfStopRequested(stop);
            parts[i] = windowsOf(room, *order[i], SplitMix64(seed, i)); // a stream per block
        }
    });
    std::vector<RoomWindow> windows;
    for (auto& part : parts) {
        std::move(part.begin(), part.end(), std::back_inserter(windows));
    }
    return windows;
}

} // namespace siskin
