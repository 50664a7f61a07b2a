// SPDX-License-Identifier: MIT
#include "datasets/synthetic/track/track_line.hpp"

#include <algorithm>
#include <numbers>

namespace siskin {

namespace {

constexpr double kTightestCurve = 7.0;

/// A loop r(angle) with waves, in steps of equal angle.
std::vector<Vec2d> drawLoop(Random& random, double swing) {
    constexpr int kSteps = 2000;
    constexpr int kWaves = 5;
    const double radius = random.uniform(24.0, 38.0);
    std::array<double, kWaves> size{};
    std::array<double, kWaves> phase{};
    for (std::size_t k = 0; k < kWaves; ++k) {
        size[k] = swing * random.uniform(0.3, 1.0) / static_cast<double>(k + 2);
        phase[k] = random.uniform(0.0, 2.0 * std::numbers::pi);
    }
    std::vector<Vec2d> loop;
    for (int i = 0; i < kSteps; ++i) {
        const double angle = 2.0 * std::numbers::pi * i / kSteps;
        double r = radius;
        for (std::size_t k = 0; k < kWaves; ++k) {
            r += radius * size[k] * std::cos(static_cast<double>(k + 2) * angle + phase[k]);
        }
        loop.push_back({r * std::cos(angle), r * std::sin(angle)});
    }
    return loop;
}

double distanceOf(const Vec2d& a, const Vec2d& b) {
    return std::hypot(b.x - a.x, b.y - a.y);
}

/// The same loop in steps of equal length, about half a metre each.
std::vector<Vec2d> evenSteps(const std::vector<Vec2d>& loop, double& length) {
    std::vector<double> along{0.0};
    for (std::size_t i = 0; i < loop.size(); ++i) {
        along.push_back(along.back() + distanceOf(loop[i], loop[(i + 1) % loop.size()]));
    }
    length = along.back();
    const auto count = static_cast<std::size_t>(std::ceil(2.0 * length));
    std::vector<Vec2d> even;
    std::size_t i = 0;
    for (std::size_t k = 0; k < count; ++k) {
        const double s = length * static_cast<double>(k) / static_cast<double>(count);
        while (along[i + 1] <= s) {
            ++i;
        }
        const double share = (s - along[i]) / (along[i + 1] - along[i]);
        const Vec2d& a = loop[i];
        const Vec2d& b = loop[(i + 1) % loop.size()];
        even.push_back({a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)});
    }
    return even;
}

} // namespace

TrackLine::TrackLine(Random& random) {
    double swing = 0.6;
    do {
        points_ = evenSteps(drawLoop(random, swing), length_);
        swing *= 0.93; // a loop that swings less has wider curves: this ends
    } while (tightest() < kTightestCurve);
}

TrackLine::Place TrackLine::placeOf(double s) const {
    const auto count = static_cast<double>(points_.size());
    double steps = s / length_ * count;
    steps -= count * std::floor(steps / count);
    const auto index = std::min(static_cast<std::size_t>(steps), points_.size() - 1);
    return {index, steps - static_cast<double>(index)};
}

Vec2d TrackLine::at(double s, double left) const {
    const auto [i, share] = placeOf(s);
    const Vec2d& a = points_[i];
    const Vec2d& b = points_[(i + 1) % points_.size()];
    const double yaw = heading(s);
    return {
        a.x + share * (b.x - a.x) - left * std::sin(yaw),
        a.y + share * (b.y - a.y) + left * std::cos(yaw)};
}

double TrackLine::heading(double s) const {
    const std::size_t count = points_.size();
    const std::size_t i = placeOf(s).index;
    const Vec2d& before = points_[(i + count - 1) % count];
    const Vec2d& after = points_[(i + 2) % count];
    return std::atan2(after.y - before.y, after.x - before.x);
}

double TrackLine::distance(double x, double y) const {
    double best = 1e30;
    for (const Vec2d& point : points_) {
        best = std::min(best, distanceOf(point, {x, y}));
    }
    return best;
}

double TrackLine::tightest() const {
    constexpr std::size_t kSpan = 4; // steps of half a metre
    const std::size_t count = points_.size();
    double best = 1e30;
    for (std::size_t i = 0; i < count; ++i) { // circle through three points
        const Vec2d& a = points_[i];
        const Vec2d& b = points_[(i + kSpan) % count];
        const Vec2d& c = points_[(i + 2 * kSpan) % count];
        const double area = std::abs((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)) / 2.0;
        const double sides = distanceOf(a, b) * distanceOf(b, c) * distanceOf(c, a);
        best = std::min(best, sides / std::max(4.0 * area, 1e-9));
    }
    return best;
}

} // namespace siskin
