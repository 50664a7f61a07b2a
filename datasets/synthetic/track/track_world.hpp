// SPDX-License-Identifier: MIT
// One race track: its line, its cones, and what stands around it.
#pragma once

#include "core/objects/cone.hpp"
#include "datasets/synthetic/track/track_ground.hpp"

namespace siskin {

struct StandingCone {
    ConeKind kind;
    Vec3d base; ///< middle of the foot, world frame
};

struct TrackWorld {
    TrackLine line;
    TrackGround ground;
    double halfWidth = 1.8; ///< of the track, metres
    SurfaceTable surfaces{};
    Mesh mesh{};
    std::vector<StandingCone> cones{}; ///< the instance of cone i is i + 1

    /// Where the car's frame is on the line: x ahead, z up, on the ground.
    Rigid carAt(double s, double left, double yaw) const;
};

/// Blue cones on the left edge, yellow ones on the right, every 3 to 5 m; at the start line (s = 0)
/// two big orange ones on each side, and small orange ones for some metres around it. Beside the
/// track lie spare cones of all kinds and everything that could be mistaken for one.
TrackWorld makeTrackWorld(std::uint64_t seed);

} // namespace siskin
