// SPDX-License-Identifier: MIT
#include "core/objects/object_cloud.hpp"

namespace siskin {

namespace {

constexpr float kRangeUnit = 20.0F; ///< metres

} // namespace

Vec3f ObjectFrame::toSensor(const Vec3f& own) const noexcept {
    return {
        origin[0] + cosine * own[0] - sine * own[1],
        origin[1] + sine * own[0] + cosine * own[1],
        origin[2] + own[2]};
}

Vec3f ObjectFrame::fromSensor(const Vec3f& point) const noexcept {
    const float x = point[0] - origin[0];
    const float y = point[1] - origin[1];
    return {cosine * x + sine * y, cosine * y - sine * x, point[2] - origin[2]};
}

ObjectCloud cloudOf(
    const ObjectCandidate& candidate,
    std::span<const Vec3f> positions,
    std::span<const float> intensity
) {
    const auto& [x, y, z] = candidate.centroid;
    const float range = candidate.range();
    ObjectCloud cloud;
    cloud.frame.origin = {x, y, static_cast<float>(candidate.ground.at(x, y))};
    if (range > 0.0F) {
        cloud.frame.cosine = x / range;
        cloud.frame.sine = y / range;
    }
    for (const std::uint32_t i : candidate.points) {
        const Vec3f own = cloud.frame.fromSensor(positions[i]);
        cloud.points.push_back({own[0], own[1], own[2], intensity[i], range / kRangeUnit});
    }
    return cloud;
}

} // namespace siskin
