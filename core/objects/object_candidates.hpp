// SPDX-License-Identifier: MIT
// From a scan to the clusters of points that may be cones.
#pragma once

#include "core/objects/ground.hpp"

#include <stop_token>

namespace siskin {

struct CandidateOptions {
    GroundOptions ground{};
    float lowest = 0.03F;        ///< points less high above the ground belong to it, metres
    float step = 0.25F;          ///< between neighbours of one cluster, seen from above, metres
    float widest = 0.55F;        ///< of the box around a cluster, along x and y, metres
    float tallest = 0.75F;       ///< above the ground, metres
    std::size_t leastPoints = 2; ///< fewer may as well be stray echoes
};

/// A cluster about as large as a cone.
struct ObjectCandidate {
    std::vector<std::uint32_t> points; ///< of the scan, rising
    Vec3f centroid{};                  ///< mean of its points, metres, sensor frame
    GroundPlane ground{};              ///< under it

    /// From the sensor, along the ground.
    float range() const noexcept;
};

struct CandidateTimes {
    double ground = 0.0;   ///< seconds
    double clusters = 0.0; ///< seconds
};

/// Candidates in the order of their first points. Removes the ground, groups the rest by steps seen
/// from above (rings are farther apart than that, one below the other) and drops what is too large
/// or too small. `times`, if given, is filled in. Throws `DatasetError` for a position that is not
/// finite, `Cancelled`.
std::vector<ObjectCandidate> findCandidates(
    std::span<const Vec3f> positions,
    const CandidateOptions& options = {},
    const std::stop_token& stop = {},
    CandidateTimes* times = nullptr
);

} // namespace siskin
