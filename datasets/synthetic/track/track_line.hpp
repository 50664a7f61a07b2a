// SPDX-License-Identifier: MIT
// The centre line of a made-up race track: one closed, smooth loop.
#pragma once

#include "datasets/synthetic/mesh.hpp"
#include "datasets/synthetic/random.hpp"

#include <vector>

namespace siskin {

/// Runs counter-clockwise around the origin. Places on it are metres along the line and wrap.
class TrackLine {
  public:
    /// Curves are drawn until none is tighter than 7 m (a small racing car needs 4.5 m).
    explicit TrackLine(Random& random);

    double length() const noexcept { return length_; }

    Vec2d at(double s, double left = 0.0) const; ///< `left` metres to the left of the line
    double heading(double s) const;              ///< radians, 0 along x
    double distance(double x, double y) const;   ///< from the nearest point of the line

  private:
    struct Place {
        std::size_t index;
        double share;
    };

    Place placeOf(double s) const;
    double tightest() const; ///< smallest radius, metres

    std::vector<Vec2d> points_; ///< equally far from each other; the last one joins the first
    double length_ = 0.0;
};

} // namespace siskin
