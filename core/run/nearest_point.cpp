// SPDX-License-Identifier: MIT
#include "core/run/nearest_point.hpp"

#include <algorithm>
#include <limits>

namespace siskin {

namespace {

std::size_t nextAxis(std::size_t axis) {
    return axis == 2 ? 0 : axis + 1;
}

} // namespace

NearestPoint::NearestPoint(const std::vector<Vec3f>& positions, std::vector<std::uint32_t> points)
    : positions_(positions), points_(std::move(points)) {
    sort(0, points_.size(), 0);
}

void NearestPoint::sort(std::size_t begin, std::size_t end, std::size_t axis) {
    if (end - begin < 2) {
        return;
    }
    const std::size_t middle = begin + (end - begin) / 2;
    const auto at = [this](std::size_t i) {
        return points_.begin() + static_cast<std::ptrdiff_t>(i);
    };
    std::nth_element(at(begin), at(middle), at(end), [&](std::uint32_t a, std::uint32_t b) {
        return positions_[a][axis] < positions_[b][axis];
    });
    sort(begin, middle, nextAxis(axis));
    sort(middle + 1, end, nextAxis(axis));
}

void NearestPoint::search(
    std::size_t begin, std::size_t end, std::size_t axis, const Vec3f& at, Best& best
) const {
    if (begin == end) {
        return;
    }
    const std::size_t middle = begin + (end - begin) / 2;
    const std::uint32_t index = points_[middle];
    double squared = 0.0;
    for (std::size_t i = 0; i < 3; ++i) {
        const double difference = static_cast<double>(positions_[index][i]) - at[i];
        squared += difference * difference;
    }
    if (squared < best.squared || (squared == best.squared && index < best.index)) {
        best = {squared, index};
    }
    const double across = static_cast<double>(at[axis]) - positions_[index][axis];
    const bool low = across < 0.0;
    const auto side = [&](bool lower) {
        search(lower ? begin : middle + 1, lower ? middle : end, nextAxis(axis), at, best);
    };
    side(low);
    if (across * across <= best.squared) { // an equally near one may have a lower index
        side(!low);
    }
}

std::uint32_t NearestPoint::of(const Vec3f& position) const {
    Best best{std::numeric_limits<double>::infinity(), std::numeric_limits<std::uint32_t>::max()};
    search(0, points_.size(), 0, position, best);
    return best.index;
}

} // namespace siskin
