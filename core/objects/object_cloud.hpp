// SPDX-License-Identifier: MIT
// A cluster of points in a frame of its own, as object networks see it.
#pragma once

#include "core/objects/object_candidates.hpp"

#include <array>
#include <span>
#include <vector>

namespace siskin {

/// Where an object's own frame is: x away from the sensor, y to the left, z up from the ground.
struct ObjectFrame {
    Vec3f origin{};      ///< on the ground under the centroid, sensor frame
    float cosine = 1.0F; ///< of the direction in which it lies
    float sine = 0.0F;

    Vec3f toSensor(const Vec3f& own) const noexcept;
    Vec3f fromSensor(const Vec3f& point) const noexcept;
};

/// x, y, z (metres, own frame), intensity (0..1), range of the object (in 20 m).
using ObjectPoint = std::array<float, 5>;

struct ObjectCloud {
    ObjectFrame frame{};
    std::vector<ObjectPoint> points{}; ///< all of the cluster, in its order
};

/// `intensity` has an entry per point of the scan.
ObjectCloud cloudOf(
    const ObjectCandidate& candidate,
    std::span<const Vec3f> positions,
    std::span<const float> intensity
);

} // namespace siskin
