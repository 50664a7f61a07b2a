// SPDX-License-Identifier: MIT
// The points of one scan in the form VTK draws, made once and shared by all panes that show it.
#pragma once

#include "core/scan/scan.hpp"
#include "widgets/scene/scene_kind.hpp"

#include <vtkPoints.h>
#include <vtkSmartPointer.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace siskin::ui {

/// Immutable once made. Panes share this; each has its own mapper, because mappers hold GL
/// resources of one window.
struct CloudPoints {
    std::shared_ptr<const Scan> scan; ///< keeps the memory alive that `points` looks into
    SceneKind kind = SceneKind::Street;
    vtkSmartPointer<vtkPoints> points;  ///< N, z up; the scan's own memory where that is possible
    std::vector<std::uint8_t> drawable; ///< N, 0 for points with a NaN or infinite coordinate
    std::array<double, 6> bounds{};     ///< x, y, z of `points` as low, high; drawable ones only
    std::array<double, 2> heights{};    ///< z of floor and ceiling: outliers left out
};

/// Any thread. Copies no coordinate unless some are not finite (those are moved to the origin and
/// marked as not drawable) or a shape is turned upright. An empty scan gives empty points and zero
/// bounds.
std::shared_ptr<const CloudPoints>
makeCloudPoints(std::shared_ptr<const Scan> scan, SceneKind kind = SceneKind::Street);

} // namespace siskin::ui
