// SPDX-License-Identifier: MIT
#include "core/run/frustum_cut.hpp"

#include "core/base/split_mix.hpp"
#include "core/base/text_hash.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <string_view>

namespace siskin {

namespace {

constexpr double kPi = std::numbers::pi;

/// A point of the scan that the camera may see.
struct SeenPoint {
    Vec3d rectified;
    std::array<double, 2> pixel;
    float intensity;
};

std::vector<SeenPoint> pointsInFront(const CameraFrame& frame) {
    constexpr float kNearest = 2.0F; // metres ahead of the sensor, as Frustum PointNets clips
    std::vector<SeenPoint> points;
    for (std::size_t i = 0; i < frame.positions.size(); ++i) {
        if (frame.positions[i][0] < kNearest) {
            continue;
        }
        const auto rectified = frame.calibration.toRectified(frame.positions[i]);
        if (rectified[2] > 0.0) {
            const auto pixel = frame.calibration.toPixel(rectified);
            points.push_back({rectified, pixel, frame.intensity[i]});
        }
    }
    return points;
}

std::optional<std::size_t> categoryOf(std::string_view type) {
    constexpr std::array<std::string_view, 3> kTypes = {"Car", "Pedestrian", "Cyclist"};
    const auto* found = std::find(kTypes.begin(), kTypes.end(), type);
    return found == kTypes.end() ? std::nullopt
                                 : std::optional(static_cast<std::size_t>(found - kTypes.begin()));
}

/// How far to turn so that the middle of the box lies along z.
double turnOf(const ImageBox& box, const CameraCalibration& calibration) {
    constexpr double kDepth = 20.0; // metres; where on the ray does almost not matter
    const auto middle =
        calibration.atPixel((box.left + box.right) / 2.0, (box.top + box.bottom) / 2.0, kDepth);
    return kPi / 2.0 - std::atan2(middle[2], middle[0]);
}

std::vector<const SeenPoint*> pointsIn(const ImageBox& box, const std::vector<SeenPoint>& points) {
    std::vector<const SeenPoint*> inside;
    for (const auto& point : points) {
        const auto [x, y] = point.pixel;
        if (x >= box.left && x < box.right && y >= box.top && y < box.bottom) {
            inside.push_back(&point);
        }
    }
    return inside;
}

template <std::size_t N>
std::size_t bestOf(const std::array<float, N>& scores) {
    return static_cast<std::size_t>(
        std::max_element(scores.begin(), scores.end()) - scores.begin()
    );
}

} // namespace

Vec3d turnedAboutY(const Vec3d& point, double angle) {
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    return {c * point[0] - s * point[2], point[1], s * point[0] + c * point[2]};
}

FrustumCut cutFrustums(const CameraFrame& frame, std::uint64_t seed) {
    constexpr double kLowest = 25.0; // pixels
    constexpr std::size_t kFewest = 5;
    const auto points = pointsInFront(frame);
    FrustumCut cut;
    for (std::size_t i = 0; i < frame.boxes.size(); ++i) {
        const auto& box = frame.boxes[i];
        const auto category = categoryOf(box.type);
        if (!category) {
            ++cut.otherTypes;
            continue;
        }
        if (box.bottom - box.top < kLowest) {
            ++cut.tooLow;
            continue;
        }
        const auto inside = pointsIn(box, points);
        if (inside.size() < kFewest) {
            ++cut.tooFew;
            continue;
        }
        SplitMix64 random(seed ^ hashOf(frame.id), i); // frames do not draw alike
        Frustum frustum{i, *category, turnOf(box, frame.calibration), 0, {}};
        for (std::size_t k = 0; k < kFrustumPoints; ++k) {
            const auto& point = *inside[random.below(inside.size())];
            const auto turned = turnedAboutY(point.rectified, frustum.turn);
            frustum.points.push_back(
                {static_cast<float>(turned[0]),
                 static_cast<float>(turned[1]),
                 static_cast<float>(turned[2]),
                 point.intensity}
            );
        }
        frustum.seed = random.bits();
        cut.frustums.push_back(std::move(frustum));
    }
    return cut;
}

CameraBox boxOf(const FrustumAnswer& answer, const Frustum& frustum, const ImageBox& image) {
    const auto bin = bestOf(answer.headingScores);
    const double heading = static_cast<double>(bin) * 2.0 * kPi / 12.0 +
                           static_cast<double>(answer.headingResiduals[bin]);
    const auto& size = answer.sizes[bestOf(answer.sizeScores)];
    CameraBox box{.image = image};
    box.length = static_cast<double>(size[0]);
    box.width = static_cast<double>(size[1]);
    box.height = static_cast<double>(size[2]);
    box.bottom = turnedAboutY(answer.centre, -frustum.turn);
    box.bottom[1] += box.height / 2.0; // y points down
    box.rotationY = std::remainder(heading + frustum.turn, 2.0 * kPi);
    return box;
}

} // namespace siskin
