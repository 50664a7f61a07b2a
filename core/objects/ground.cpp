// SPDX-License-Identifier: MIT
#include "core/objects/ground.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace siskin {

namespace {

constexpr float kNone = std::numeric_limits<float>::infinity();

/// Sums over points, from which a plane follows.
struct Moments {
    double n = 0, x = 0, y = 0, z = 0, xx = 0, xy = 0, yy = 0, xz = 0, yz = 0;

    void add(const Vec3f& point) {
        const double px = point[0], py = point[1], pz = point[2];
        n += 1;
        x += px;
        y += py;
        z += pz;
        xx += px * px;
        xy += px * py;
        yy += py * py;
        xz += px * pz;
        yz += py * pz;
    }

    void add(const Moments& other) {
        n += other.n;
        x += other.x;
        y += other.y;
        z += other.z;
        xx += other.xx;
        xy += other.xy;
        yy += other.yy;
        xz += other.xz;
        yz += other.yz;
    }
};

/// Least squares; `pull` (points times square metres) holds the slopes near those of `prior`.
GroundPlane fit(const Moments& m, const GroundPlane& prior, double pull) {
    const double mx = m.x / m.n, my = m.y / m.n, mz = m.z / m.n;
    const double xx = m.xx - m.n * mx * mx + pull;
    const double yy = m.yy - m.n * my * my + pull;
    const double xy = m.xy - m.n * mx * my;
    const double xz = m.xz - m.n * mx * mz + pull * prior.riseX;
    const double yz = m.yz - m.n * my * mz + pull * prior.riseY;
    const double determinant = xx * yy - xy * xy;
    GroundPlane plane;
    plane.riseX = (xz * yy - yz * xy) / determinant;
    plane.riseY = (yz * xx - xz * xy) / determinant;
    plane.height = mz - plane.riseX * mx - plane.riseY * my;
    return plane;
}

/// A square of cells, row by row.
struct Cells {
    std::size_t side;

    /// Calls `visit(cell)` for what lies within `reach` cells of (column, row).
    template <typename Visit>
    void around(std::size_t cell, std::size_t reach, const Visit& visit) const {
        const std::size_t column = cell % side, row = cell / side;
        for (std::size_t j = row - std::min(row, reach); j <= std::min(row + reach, side - 1);
             ++j) {
            const std::size_t last = std::min(column + reach, side - 1);
            for (std::size_t i = column - std::min(column, reach); i <= last; ++i) {
                visit(j * side + i);
            }
        }
    }
};

/// Makes every value at most that of each neighbour plus what ground may rise on the way: a forward
/// and a backward sweep (Borgefors, "Distance transformations in digital images", 1986).
void limitSlope(std::vector<float>& low, std::size_t side, float rise) {
    const float diagonal = rise * std::sqrt(2.0F);
    const auto lower = [&low](std::size_t at, std::size_t from, float step) {
        low[at] = std::min(low[at], low[from] + step);
    };
    for (std::size_t c = 0; c < low.size(); ++c) {
        const std::size_t i = c % side;
        if (i > 0) {
            lower(c, c - 1, rise);
        }
        if (c >= side) {
            lower(c, c - side, rise);
            lower(c, c - side - (i > 0 ? 1 : 0), diagonal);
            lower(c, c - side + (i + 1 < side ? 1 : 0), diagonal);
        }
    }
    for (std::size_t c = low.size(); c-- > 0;) {
        const std::size_t i = c % side;
        if (i + 1 < side) {
            lower(c, c + 1, rise);
        }
        if (c + side < low.size()) {
            lower(c, c + side, rise);
            lower(c, c + side - (i > 0 ? 1 : 0), diagonal);
            lower(c, c + side + (i + 1 < side ? 1 : 0), diagonal);
        }
    }
}

/// The third lowest point of each cell, or the lowest of fewer; infinite in empty ones.
std::vector<float> lowestOf(
    std::span<const Vec3f> positions, std::span<const std::uint32_t> cells, std::size_t count
) {
    std::vector<std::array<float, 3>> three(count, {kNone, kNone, kNone});
    for (std::size_t i = 0; i < positions.size(); ++i) {
        auto& [a, b, c] = three[cells[i]];
        float z = positions[i][2];
        for (float* value : {&a, &b, &c}) {
            if (z < *value) {
                std::swap(z, *value);
            }
        }
    }
    std::vector<float> low;
    for (const auto& [a, b, c] : three) {
        low.push_back(c < kNone ? c : a);
    }
    return low;
}

/// A plane per cell from the sums of its neighbourhood.
std::vector<GroundPlane> fitCells(const std::vector<Moments>& sums, const Cells& cells) {
    constexpr double kFewest = 12;  // points of a fit
    constexpr double kPull = 10;    // as much as 40 points half a metre away
    constexpr std::size_t kFar = 4; // cells
    Moments whole;
    for (const Moments& one : sums) {
        whole.add(one);
    }
    const GroundPlane level;
    const GroundPlane prior = whole.n > 0 ? fit(whole, level, kPull) : level;
    std::vector<GroundPlane> planes(sums.size(), prior);
    for (std::size_t c = 0; c < sums.size(); ++c) {
        Moments near;
        for (std::size_t reach = 1; reach <= kFar && near.n < kFewest; ++reach) {
            near = {};
            cells.around(c, reach, [&](std::size_t other) { near.add(sums[other]); });
        }
        if (near.n > 0) {
            planes[c] = fit(near, prior, kPull);
        }
    }
    return planes;
}

} // namespace

Ground::Ground(std::span<const Vec3f> positions, const GroundOptions& options)
    : reach_(options.reach), perMetre_(1.0F / options.cell),
      side_(static_cast<std::size_t>(std::ceil(2.0F * options.reach / options.cell))) {
    std::vector<Vec3f> near;
    std::vector<std::uint32_t> cellOfPoint;
    for (const Vec3f& point : positions) {
        if (std::abs(point[0]) < reach_ && std::abs(point[1]) < reach_) {
            near.push_back(point);
            cellOfPoint.push_back(static_cast<std::uint32_t>(cellOf(point[0], point[1])));
        }
    }
    const Cells cells{side_};
    auto low = lowestOf(near, cellOfPoint, side_ * side_);
    limitSlope(low, side_, options.steepest * options.cell);
    std::vector<Moments> sums(low.size());
    for (std::size_t i = 0; i < near.size(); ++i) {
        if (near[i][2] < low[cellOfPoint[i]] + options.tolerance) {
            sums[cellOfPoint[i]].add(near[i]);
        }
    }
    planes_ = fitCells(sums, cells);
    constexpr double kThickness = 0.07; // metres; the feet of things no longer count
    std::fill(sums.begin(), sums.end(), Moments());
    for (std::size_t i = 0; i < near.size(); ++i) {
        const auto& [x, y, z] = near[i];
        if (std::abs(z - planes_[cellOfPoint[i]].at(x, y)) < kThickness) {
            sums[cellOfPoint[i]].add(near[i]);
        }
    }
    planes_ = fitCells(sums, cells);
}

std::size_t Ground::cellOf(float x, float y) const noexcept {
    const auto along = [this](float value) {
        const float cells = (value + reach_) * perMetre_; // below 0: cell 0 either way
        return static_cast<std::size_t>(std::clamp(cells, 0.0F, static_cast<float>(side_ - 1)));
    };
    return along(y) * side_ + along(x);
}

const GroundPlane& Ground::planeAt(float x, float y) const noexcept {
    return planes_[cellOf(x, y)];
}

} // namespace siskin
