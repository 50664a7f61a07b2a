// SPDX-License-Identifier: MIT
#include "widgets/scene/depth_scale.hpp"

#include <vtkObjectFactory.h>

#include <algorithm>

namespace siskin::ui {

vtkStandardNewMacro(DepthScale);

void DepthScale::setCloud(const std::array<double, 6>& bounds, SceneKind kind) {
    // Chosen by eye: on 64-beam scans, and on rooms and shapes whose points leave gaps, through
    // which what lies behind is seen.
    const double timesLarger = kind == SceneKind::Street ? 4.0 : 16.0;
    double longest = 1.0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        longest = std::max(longest, bounds[2 * axis + 1] - bounds[2 * axis]);
    }
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double middle = 0.5 * (bounds[2 * axis] + bounds[2 * axis + 1]);
        box_[2 * axis] = middle - 0.5 * timesLarger * longest;
        box_[2 * axis + 1] = middle + 0.5 * timesLarger * longest;
    }
    Modified();
}

} // namespace siskin::ui
