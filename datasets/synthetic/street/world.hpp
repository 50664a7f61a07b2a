// SPDX-License-Identifier: MIT
// One street: everything that stands on it, and what moves along it.
#pragma once

#include "datasets/synthetic/street/ground.hpp"
#include "datasets/synthetic/street/people.hpp"

#include <optional>

namespace siskin {

enum class AgentKind { Vehicle, Walker, Cyclist };

/// Something that moves along the street (or across it).
struct Agent {
    AgentKind kind = AgentKind::Vehicle;
    Mesh body;                    ///< what does not change its shape, in its own frame
    std::optional<Figure> figure; ///< of a walker or cyclist
    double s = 0.0, d = 0.0;      ///< place at time 0
    double speed = 0.0;           ///< along the road, metres per second; negative: towards us
    double drift = 0.0;           ///< across the road, positive to the left
    double phase = 0.0;           ///< of legs, turns

    /// Adds its shape at `time` seconds.
    void build(Mesh& mesh, const Ground& ground, double time) const;
};

struct StreetWorld {
    Ground ground;
    SurfaceTable surfaces;
    Mesh mesh; ///< what does not move
    std::vector<Agent> agents;
    double egoStart = 0.0; ///< metres along the road at time 0
    double egoSpeed = 8.0; ///< metres per second

    /// The car with the sensor drives in the middle of the right lane beside the median.
    double egoLane() const { return -(ground.medianHalf() + ground.lane() / 2); }

    double egoPlace(double time) const { return egoStart + egoSpeed * time; }
};

/// `seconds`: how long the drive lasts; the street is long enough for it.
StreetWorld makeStreetWorld(std::uint64_t seed, double seconds);

} // namespace siskin
