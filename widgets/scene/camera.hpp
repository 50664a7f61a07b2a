// SPDX-License-Identifier: MIT
// Where a pane looks from: a pose that can be copied between panes, and presets for driving scenes.
#pragma once

#include "widgets/scene/scene_kind.hpp"

#include <array>

class vtkCamera;

namespace siskin::ui {

enum class ViewPreset { Perspective, Top, Side, Ego };

/// Everything linked panes share. The clipping range is left out on purpose: it belongs to each
/// pane's own content.
struct CameraPose {
    std::array<double, 3> position{};
    std::array<double, 3> focalPoint{};
    std::array<double, 3> viewUp{};
    double viewAngle = 30.0; ///< degrees

    bool operator==(const CameraPose&) const = default;
};

CameraPose poseOf(vtkCamera& camera);
void applyPose(vtkCamera& camera, const CameraPose& pose);

/// A pose that shows a scan with these bounds (x forward, z up; metres but for shapes). Rooms are
/// seen from above at an angle, shapes from their front, both whole in a pane of that `aspect`
/// (width over height).
CameraPose presetPose(
    ViewPreset preset,
    const std::array<double, 6>& bounds,
    SceneKind kind = SceneKind::Street,
    double aspect = 1.0
);

/// Turns about the focal point like a turntable: the horizon stays level. Degrees.
CameraPose orbit(const CameraPose& pose, double azimuth, double elevation);

} // namespace siskin::ui
