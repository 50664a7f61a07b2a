// SPDX-License-Identifier: MIT
// A drive through a made-up street.
#pragma once

#include "datasets/synthetic/street/lidar.hpp"
#include "datasets/synthetic/street/world.hpp"

namespace siskin {

/// One street of its own per seed; the car with the sensor drives along it at city speed.
class StreetDrive {
  public:
    /// Builds the world for `frames` frames, `secondsPerFrame` apart.
    StreetDrive(std::uint64_t seed, std::size_t frames, double secondsPerFrame);

    std::size_t frames() const noexcept { return frames_; }

    double secondsPerFrame() const noexcept { return secondsPerFrame_; }

    /// One turn of `model` at frame `index`. Deterministic: depends on the seed, the frame and the
    /// model only. May be called from several threads at once.
    StreetFrame frame(std::size_t index, const LidarModel& model) const;

    const StreetWorld& world() const noexcept { return world_; }

  private:
    std::uint64_t seed_;
    std::size_t frames_;
    double secondsPerFrame_;
    StreetWorld world_;
    RayCaster fixed_;
};

} // namespace siskin
