// SPDX-License-Identifier: MIT
#include "core/objects/clusters.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

namespace siskin {

namespace {

using Point = std::array<float, 2>;

double squaredDistance(const Point& a, const Point& b) {
    const double dx = double{a[0]} - b[0];
    const double dy = double{a[1]} - b[1];
    return dx * dx + dy * dy;
}

/// Disjoint sets; the smallest member stands for a set.
class Sets {
  public:
    explicit Sets(std::size_t count) : parent_(count) {
        std::iota(parent_.begin(), parent_.end(), 0U);
    }

    std::uint32_t of(std::uint32_t member) {
        while (parent_[member] != member) {
            parent_[member] = parent_[parent_[member]];
            member = parent_[member];
        }
        return member;
    }

    void join(std::uint32_t a, std::uint32_t b) {
        a = of(a);
        b = of(b);
        parent_[std::max(a, b)] = std::min(a, b);
    }

  private:
    std::vector<std::uint32_t> parent_;
};

/// A square whose points are all within a step of each other.
struct Cell {
    std::int64_t column, row;
    std::uint32_t first, count; ///< of `Grid::order`
};

struct Grid {
    std::vector<std::uint32_t> order; ///< points cell by cell, rising in each
    std::vector<Cell> cells;          ///< by row, then column
    std::unordered_map<std::int64_t, std::uint32_t> index;

    static std::int64_t keyOf(std::int64_t column, std::int64_t row) {
        return row * (std::int64_t{1} << 24U) + column;
    }
};

Grid makeGrid(std::span<const Point> points, double step) {
    constexpr double kMostCells = 4e6;
    const double size = step / std::sqrt(2.0) * (1.0 - 1e-9); // a diagonal is a step at most
    Grid grid;
    std::vector<std::int64_t> keys(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double column = std::floor(points[i][0] / size);
        const double row = std::floor(points[i][1] / size);
        if (!(std::abs(column) < kMostCells && std::abs(row) < kMostCells)) {
            throw DatasetError(
                fmt::format("point {} lies at ({}, {})", i, points[i][0], points[i][1]),
                "clusters are looked for near the sensor only"
            );
        }
        keys[i] = Grid::keyOf(static_cast<std::int64_t>(column), static_cast<std::int64_t>(row));
    }
    grid.order.resize(points.size());
    std::iota(grid.order.begin(), grid.order.end(), 0U);
    std::sort(grid.order.begin(), grid.order.end(), [&keys](std::uint32_t a, std::uint32_t b) {
        return keys[a] != keys[b] ? keys[a] < keys[b] : a < b;
    });
    for (std::uint32_t i = 0; i < grid.order.size(); ++i) {
        const Point& point = points[grid.order[i]];
        const std::int64_t key = keys[grid.order[i]];
        if (i == 0 || key != keys[grid.order[i - 1]]) {
            grid.index[key] = static_cast<std::uint32_t>(grid.cells.size());
            grid.cells.push_back(
                {static_cast<std::int64_t>(std::floor(point[0] / size)),
                 static_cast<std::int64_t>(std::floor(point[1] / size)),
                 i,
                 0}
            );
        }
        ++grid.cells.back().count;
    }
    return grid;
}

bool touch(
    const Grid& grid, const Cell& a, const Cell& b, std::span<const Point> points, double step
) {
    const auto members = [&grid](const Cell& cell) {
        return std::span(grid.order).subspan(cell.first, cell.count);
    };
    for (const std::uint32_t i : members(a)) {
        for (const std::uint32_t j : members(b)) {
            if (squaredDistance(points[i], points[j]) <= step * step) {
                return true;
            }
        }
    }
    return false;
}

/// Joins a cell with those two columns or rows further at most that come after it.
void joinNeighbours(
    Sets& sets, const Grid& grid, const Cell& cell, std::span<const Point> points, double step
) {
    for (std::int64_t down = 0; down <= 2; ++down) {
        for (std::int64_t right = down == 0 ? 1 : -2; right <= 2; ++right) {
            const auto found = grid.index.find(Grid::keyOf(cell.column + right, cell.row + down));
            if (found == grid.index.end()) {
                continue;
            }
            const Cell& other = grid.cells[found->second];
            const std::uint32_t a = grid.order[cell.first], b = grid.order[other.first];
            if (sets.of(a) != sets.of(b) && touch(grid, cell, other, points, step)) {
                sets.join(a, b);
            }
        }
    }
}

} // namespace

std::vector<std::vector<std::uint32_t>> connectedGroups(std::span<const Point> points, float step) {
    if (!(step > 0.0F) || !std::isfinite(step)) {
        throw ConfigError(fmt::format("points cannot be grouped by steps of {} m", step));
    }
    const Grid grid = makeGrid(points, step);
    Sets sets(points.size());
    for (const Cell& cell : grid.cells) {
        for (std::uint32_t i = 1; i < cell.count; ++i) {
            sets.join(grid.order[cell.first], grid.order[cell.first + i]);
        }
    }
    for (const Cell& cell : grid.cells) {
        joinNeighbours(sets, grid, cell, points, step);
    }
    std::vector<std::vector<std::uint32_t>> groups;
    std::vector<std::uint32_t> groupOf(points.size());
    for (std::uint32_t i = 0; i < points.size(); ++i) {
        const std::uint32_t first = sets.of(i);
        if (first == i) {
            groupOf[i] = static_cast<std::uint32_t>(groups.size());
            groups.emplace_back();
        }
        groups[groupOf[first]].push_back(i);
    }
    return groups;
}

} // namespace siskin
