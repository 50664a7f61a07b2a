// SPDX-License-Identifier: MIT
#include "datasets/synthetic/street/street_drive.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

namespace siskin {

StreetDrive::StreetDrive(std::uint64_t seed, std::size_t frames, double secondsPerFrame)
    : seed_(seed), frames_(frames), secondsPerFrame_(secondsPerFrame),
      world_(makeStreetWorld(seed, secondsPerFrame * static_cast<double>(frames))),
      fixed_(world_.mesh) {}

StreetFrame StreetDrive::frame(std::size_t index, const LidarModel& model) const {
    if (index >= frames_) {
        throw DatasetError(fmt::format("frame {} does not exist: the drive has {}", index, frames_)
        );
    }
    const double time = secondsPerFrame_ * static_cast<double>(index);
    constexpr double kSight = 90.0;
    Mesh moving;
    for (const Agent& agent : world_.agents) {
        if (std::abs(agent.s + agent.speed * time - world_.egoPlace(time)) < kSight) {
            agent.build(moving, world_.ground, time);
        }
    }
    const RayCaster movingCaster(moving);
    const Rigid pose =
        world_.ground.line().frame(world_.egoPlace(time), world_.egoLane(), model.height, 0.0);
    const std::uint64_t seed = Random::forPart(seed_, 1000 + index).bits();
    StreetFrame frame = scanStreet(model, fixed_, movingCaster, world_.surfaces, pose, seed);
    frame.seconds = time;
    return frame;
}

} // namespace siskin
