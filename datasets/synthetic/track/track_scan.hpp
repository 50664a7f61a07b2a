// SPDX-License-Identifier: MIT
// What the LiDAR of a driverless racing car sees of a track.
#pragma once

#include "datasets/synthetic/street/lidar.hpp"
#include "datasets/synthetic/track/track_world.hpp"

namespace siskin {

inline constexpr double kConeSight = 50.0; ///< cones farther away are not listed, metres

/// Raw ids of the points, as the label files hold them (resources/classmaps/cones.json).
enum class TrackLabel : std::uint32_t {
    Unlabelled = 0,
    Blue = 1,
    Yellow = 2,
    Orange = 3,
    BigOrange = 4,
    Ground = 5,
    Other = 6,
};

/// The rings of the HDL-64E (64) or HDL-32E (32), mounted 0.9 m above the ground behind the
/// driver's head. Throws `ConfigError` for another number of beams.
const LidarModel& trackLidar(int beams);

struct TrackFrame {
    std::vector<Vec3f> positions;   ///< metres, sensor frame: x ahead, y left, z up
    std::vector<float> intensity;   ///< 0..1, in hundredths
    std::vector<std::uint32_t> raw; ///< `TrackLabel`; the cone's instance in the high 16 bits
    std::vector<Cone> cones;        ///< within `kConeSight`, nearest first, seen or not

    std::size_t size() const noexcept { return positions.size(); }
};

/// One track, and frames along one lap of it.
class TrackDrive {
  public:
    /// Builds the world. `frames` of them go round once.
    TrackDrive(std::uint64_t seed, std::size_t frames);

    /// Depends on the seed, the numbers and the beams only. May be called from several threads.
    TrackFrame frame(std::size_t index, int beams) const;

  private:
    std::uint64_t seed_;
    std::size_t frames_;
    TrackWorld world_;
    RayCaster caster_;
};

} // namespace siskin
