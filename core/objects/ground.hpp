// SPDX-License-Identifier: MIT
// The ground of a LiDAR scan, as one small plane per square metre.
#pragma once

#include "core/scan/scan.hpp"

#include <span>
#include <vector>

namespace siskin {

struct GroundOptions {
    float reach = 40.0F;    ///< metres from the sensor, along x and y, that are looked at
    float cell = 1.0F;      ///< metres
    float steepest = 0.2F;  ///< rise per metre that ground may have
    float tolerance = 0.2F; ///< what lies higher above the lowest points is no ground, metres
};

/// A plane z = height + riseX * x + riseY * y, sensor frame.
struct GroundPlane {
    double height = 0.0;
    double riseX = 0.0;
    double riseY = 0.0;

    double at(double x, double y) const noexcept { return height + riseX * x + riseY * y; }
};

/// Built once per scan; one thread, no random numbers.
///
/// The lowest points of each cell (the third lowest, against stray echoes from below) give an
/// envelope that rises nowhere more than `steepest`. Points near it are fitted by least squares
/// twice, over the 3 x 3 cells around each cell, more where there are few; slopes are pulled
/// towards those of the whole, so that a single ring of the scanner does not tilt the plane about
/// itself. Cells without points nearby have the plane of the whole.
class Ground {
  public:
    /// Positions must be finite. A scan without points near the sensor has the plane z = 0.
    explicit Ground(std::span<const Vec3f> positions, const GroundOptions& options = {});

    /// The plane below or above a place; of the nearest cell outside of the reach.
    const GroundPlane& planeAt(float x, float y) const noexcept;

    float heightAbove(const Vec3f& point) const noexcept {
        const auto& [x, y, z] = point;
        return static_cast<float>(z - planeAt(x, y).at(x, y));
    }

  private:
    std::size_t cellOf(float x, float y) const noexcept;

    float reach_;
    float perMetre_;   ///< cells
    std::size_t side_; ///< cells along one axis
    std::vector<GroundPlane> planes_;
};

} // namespace siskin
