// SPDX-License-Identifier: MIT
// Which drives a made-up street data set consists of; every layout is written from this.
#pragma once

#include "datasets/synthetic/street/street_drive.hpp"

#include <functional>
#include <stop_token>
#include <string_view>

namespace siskin {

enum class StreetSplit { Train, Val, Test };

/// "train", "val", "test". Throws `ConfigError`.
StreetSplit streetSplitFromName(std::string_view name);

struct StreetSetPlan {
    std::size_t frames = 200;
    std::size_t framesPerDrive = 5; ///< each drive has a street of its own
    double strideSeconds = 1.5;     ///< between frames of a drive
    std::uint64_t seed = 1;
    StreetSplit split = StreetSplit::Train; ///< splits of one seed share no street

    std::size_t drives() const { return (frames + framesPerDrive - 1) / framesPerDrive; }

    /// The last drive may be shorter.
    std::size_t framesOf(std::size_t drive) const {
        return std::min(framesPerDrive, frames - drive * framesPerDrive);
    }

    std::uint64_t seedOf(std::size_t drive) const;
};

/// (done, of all), from any thread.
using StreetProgress = std::function<void(std::size_t done, std::size_t all)>;

/// Makes every frame once and hands it to `take` with its drive and its index in there; several at
/// a time, in any order. Throws `Cancelled` after a stop was requested, and what `take` throws.
void forEachStreetFrame(
    const StreetSetPlan& plan,
    const LidarModel& model,
    const std::stop_token& stop,
    const StreetProgress& progress,
    const std::function<void(std::size_t drive, std::size_t index, StreetFrame frame)>& take
);

} // namespace siskin
