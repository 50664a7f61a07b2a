// SPDX-License-Identifier: MIT
// The ground of a made-up race track: a slope with swells; asphalt around the track, grass beyond.
#pragma once

#include "datasets/synthetic/street/surface.hpp"
#include "datasets/synthetic/track/track_line.hpp"

namespace siskin {

class TrackGround {
  public:
    explicit TrackGround(Random& random);

    double height(double x, double y) const; ///< metres

    /// Stands on the ground, leaning as it does.
    Rigid place(const Vec2d& at, double yaw = 0.0) const;

    /// Triangles of about a metre within 80 m of the origin.
    void build(Mesh& mesh, SurfaceTable& surfaces, const TrackLine& line, Random& random) const;

  private:
    struct Wave {
        double size, alongX, alongY, phase;
    };

    double riseX_, riseY_;
    std::array<Wave, 5> waves_{};
    double asphalt_; ///< from the track's line, metres
};

} // namespace siskin
