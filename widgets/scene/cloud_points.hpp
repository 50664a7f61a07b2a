// SPDX-License-Identifier: MIT
// The points of one scan in the form VTK draws, made once and shared by all panes that show it.
#pragma once

#include "core/scan/scan.hpp"

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
    std::shared_ptr<const Scan> scan;   ///< keeps the memory alive that `points` looks into
    vtkSmartPointer<vtkPoints> points;  ///< N, metres; the scan's own memory where it is finite
    std::vector<std::uint8_t> drawable; ///< N, 0 for points with a NaN or infinite coordinate
    std::array<double, 6> bounds{};     ///< metres; x, y, z as low, high; drawable points only
};

/// Any thread. Copies no coordinate unless some are not finite (those are moved to the origin and
/// marked as not drawable). An empty scan gives empty points and zero bounds.
std::shared_ptr<const CloudPoints> makeCloudPoints(std::shared_ptr<const Scan> scan);

} // namespace siskin::ui
