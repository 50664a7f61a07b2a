// SPDX-License-Identifier: MIT
// Keeps eye-dome lighting calm: an invisible prop that is larger than the points.
#pragma once

#include "widgets/scene/scene_kind.hpp"

#include <vtkProp3D.h>

#include <array>

namespace siskin::ui {

/// VTK's eye-dome lighting has one fixed strength and divides depth by the diagonal of all visible
/// props. On LiDAR scans that blackens the sparse outer rings, and hiding a class changes the
/// shading of the rest. This prop draws nothing; its bounds, some times those of the whole cloud,
/// set that diagonal.
class DepthScale : public vtkProp3D {
  public:
    static DepthScale* New();
    vtkTypeMacro(DepthScale, vtkProp3D) DepthScale(const DepthScale&) = delete;
    DepthScale& operator=(const DepthScale&) = delete;

    void setCloud(const std::array<double, 6>& bounds, SceneKind kind);

    using vtkProp3D::GetBounds;

    double* GetBounds() override { return box_.data(); }

  protected:
    DepthScale() = default;
    ~DepthScale() override = default;

  private:
    std::array<double, 6> box_{-1.0, 1.0, -1.0, 1.0, -1.0, 1.0};
};

} // namespace siskin::ui
