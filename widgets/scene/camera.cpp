// SPDX-License-Identifier: MIT
#include "widgets/scene/camera.hpp"

#include <vtkCamera.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace siskin::ui {

namespace {

constexpr double kDegrees = 180.0 / std::numbers::pi;
constexpr double kViewAngle = 35.0;
constexpr double kSteepest = 89.5; // degrees; straight down would lose the direction of "up"

struct Sphere {
    double radius = 1.0;
    double azimuth = 0.0;   // degrees, from +x towards +y
    double elevation = 0.0; // degrees, above the ground
};

Sphere sphereOf(const CameraPose& pose) {
    const double x = pose.position[0] - pose.focalPoint[0];
    const double y = pose.position[1] - pose.focalPoint[1];
    const double z = pose.position[2] - pose.focalPoint[2];
    const double flat = std::hypot(x, y);
    Sphere sphere;
    sphere.radius = std::hypot(flat, z);
    sphere.elevation = std::atan2(z, flat) * kDegrees;
    sphere.azimuth = std::atan2(y, x) * kDegrees;
    return sphere;
}

CameraPose poseFrom(const std::array<double, 3>& focalPoint, Sphere sphere, double viewAngle) {
    sphere.elevation = std::clamp(sphere.elevation, -kSteepest, kSteepest);
    const double azimuth = sphere.azimuth / kDegrees;
    const double elevation = sphere.elevation / kDegrees;
    CameraPose pose;
    pose.focalPoint = focalPoint;
    pose.viewUp = {0.0, 0.0, 1.0};
    pose.viewAngle = viewAngle;
    pose.position = {
        focalPoint[0] + sphere.radius * std::cos(elevation) * std::cos(azimuth),
        focalPoint[1] + sphere.radius * std::cos(elevation) * std::sin(azimuth),
        focalPoint[2] + sphere.radius * std::sin(elevation),
    };
    return pose;
}

std::array<double, 3> middleOf(const std::array<double, 6>& bounds) {
    std::array<double, 3> middle{};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        middle[axis] = 0.5 * (bounds[2 * axis] + bounds[2 * axis + 1]);
    }
    return middle;
}

/// A room or a shape, filling the pane.
CameraPose
wholePose(ViewPreset preset, const std::array<double, 6>& bounds, bool shape, double aspect) {
    constexpr double kSlack = 0.98; // nothing fills the sphere around it
    const double diagonal =
        std::hypot(bounds[1] - bounds[0], bounds[3] - bounds[2], bounds[5] - bounds[4]);
    const double upright = 0.5 * kViewAngle / kDegrees;
    const double narrow = std::atan(std::tan(upright) * std::clamp(aspect, 0.2, 1.0));
    const double distance = kSlack * 0.5 * std::max(diagonal, 0.1) / std::sin(narrow);
    const auto from = [&](double azimuth, double elevation) {
        return poseFrom(middleOf(bounds), {distance, azimuth, elevation}, kViewAngle);
    };
    switch (preset) {
    case ViewPreset::Top:
        return from(shape ? 90.0 : 180.0, kSteepest);
    case ViewPreset::Side:
        return from(shape ? 0.0 : -90.0, 6.0);
    case ViewPreset::Ego:
        return from(shape ? 90.0 : 180.0, 8.0);
    case ViewPreset::Perspective:
        break;
    }
    return shape ? from(50.0, 22.0) : from(-125.0, 48.0);
}

} // namespace

CameraPose poseOf(vtkCamera& camera) {
    CameraPose pose;
    camera.GetPosition(pose.position.data());
    camera.GetFocalPoint(pose.focalPoint.data());
    camera.GetViewUp(pose.viewUp.data());
    pose.viewAngle = camera.GetViewAngle();
    return pose;
}

void applyPose(vtkCamera& camera, const CameraPose& pose) {
    camera.SetPosition(pose.position.data());
    camera.SetFocalPoint(pose.focalPoint.data());
    camera.SetViewUp(pose.viewUp.data());
    camera.SetViewAngle(pose.viewAngle);
}

CameraPose
presetPose(ViewPreset preset, const std::array<double, 6>& bounds, SceneKind kind, double aspect) {
    if (kind != SceneKind::Street) {
        return wholePose(preset, bounds, kind == SceneKind::Shape, aspect);
    }
    // A LiDAR scan reaches 80 m and more, but what matters is near: never start further out than
    // a street block, so that cars are recognisable.
    constexpr double kLargestView = 45.0;
    const double wide = std::max(bounds[1] - bounds[0], bounds[3] - bounds[2]);
    const double size = std::clamp(std::max(wide, bounds[5] - bounds[4]), 0.5, kLargestView);
    const bool street = wide > kLargestView;
    const double distance = street ? 1.15 : 1.9; // anything smaller is to be seen whole
    const auto middle = street ? std::array<double, 3>{} : middleOf(bounds);
    switch (preset) {
    case ViewPreset::Top:
        return poseFrom(middle, {size * 1.7, 180.0, kSteepest}, kViewAngle);
    case ViewPreset::Side:
        return poseFrom(middle, {size * distance, -90.0, 6.0}, kViewAngle);
    case ViewPreset::Ego:
        return poseFrom({15.0, 0.0, -0.6}, {17.0, 180.0, 8.0}, 60.0);
    case ViewPreset::Perspective:
        break;
    }
    return poseFrom(middle, {size * distance, -150.0, 34.0}, kViewAngle);
}

CameraPose orbit(const CameraPose& pose, double azimuth, double elevation) {
    Sphere sphere = sphereOf(pose);
    sphere.azimuth += azimuth;
    sphere.elevation += elevation;
    return poseFrom(pose.focalPoint, sphere, pose.viewAngle);
}

} // namespace siskin::ui
