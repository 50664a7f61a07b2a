// SPDX-License-Identifier: MIT
#include "datasets/synthetic/street/street_set.hpp"

#include "core/base/cancel.hpp"
#include "core/base/parallel.hpp"

#include <fmt/format.h>

#include <atomic>

namespace siskin {

StreetSplit streetSplitFromName(std::string_view name) {
    if (name == "train") {
        return StreetSplit::Train;
    }
    if (name == "val") {
        return StreetSplit::Val;
    }
    if (name == "test") {
        return StreetSplit::Test;
    }
    throw ConfigError(fmt::format("unknown split '{}'", name), "choose train, val or test");
}

std::uint64_t StreetSetPlan::seedOf(std::size_t drive) const {
    const std::uint64_t splitSeed = Random::forPart(seed, static_cast<std::uint64_t>(split)).bits();
    return Random::forPart(splitSeed, drive).bits();
}

void forEachStreetFrame(
    const StreetSetPlan& plan,
    const LidarModel& model,
    const std::stop_token& stop,
    const StreetProgress& progress,
    const std::function<void(std::size_t drive, std::size_t index, StreetFrame frame)>& take
) {
    std::atomic<std::size_t> done{0};
    const auto makeDrive = [&](std::size_t index) {
        throwIfStopRequested(stop);
        // Always the full length: a set with fewer frames is the beginning of one with more.
        const StreetDrive drive(plan.seedOf(index), plan.framesPerDrive, plan.strideSeconds);
        const auto frames = static_cast<std::int64_t>(plan.framesOf(index));
        parallelFor(frames, 1, [&](std::int64_t first, std::int64_t last) {
            for (std::int64_t i = first; i < last; ++i) {
                throwIfStopRequested(stop);
                const auto frame = static_cast<std::size_t>(i);
                take(index, frame, drive.frame(frame, model));
                progress(++done, plan.frames);
            }
        });
    };
    const auto drives = static_cast<std::int64_t>(plan.drives());
    if (drives < threadCount()) { // the frames of a drive side by side instead
        for (std::int64_t i = 0; i < drives; ++i) {
            makeDrive(static_cast<std::size_t>(i));
        }
        return;
    }
    parallelFor(drives, 1, [&](std::int64_t first, std::int64_t last) {
        for (std::int64_t i = first; i < last; ++i) {
            makeDrive(static_cast<std::size_t>(i));
        }
    });
}

} // namespace siskin
