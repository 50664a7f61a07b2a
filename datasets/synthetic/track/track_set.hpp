// SPDX-License-Identifier: MIT
// Made-up race tracks in the layout that datasets/track reads (and describes).
#pragma once

#include "datasets/synthetic/output_folder.hpp"
#include "datasets/synthetic/track/track_scan.hpp"

#include <functional>
#include <stop_token>

namespace siskin {

struct TrackSetPlan {
    std::size_t frames = 200;
    std::size_t framesPerTrack = 10; ///< one lap
    int beams = 64;
    std::uint64_t seed = 1; ///< sets of different seeds share no track

    std::size_t tracks() const { return (frames + framesPerTrack - 1) / framesPerTrack; }
};

/// (done, of all), from any thread.
using TrackProgress = std::function<void(std::size_t done, std::size_t all)>;

/// Writes track.json, velodyne/, labels/ and cones/; the same bytes on any number of threads, and a
/// set with fewer frames is the beginning of one with more. `folder` is not finished here. Throws
/// `DatasetError`, `ConfigError`, `Cancelled`.
void writeTrackSet(
    const TrackSetPlan& plan,
    const OutputFolder& folder,
    const std::stop_token& stop,
    const TrackProgress& progress
);

} // namespace siskin
