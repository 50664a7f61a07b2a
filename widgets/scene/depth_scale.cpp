// SPDX-License-Identifier: MIT
#include "widgets/scene/depth_scale.hpp"

#include <vtkObjectFactory.h>

#include <algorithm>

namespace siskin::ui {

vtkStandardNewMacro(DepthScale);

void DepthScale::setCloudBounds(const std::array<double, 6>& bounds) {
    constexpr double kTimesLarger = 4.0; // chosen by eye on 64-beam scans
    double longest = 1.0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        longest = std::max(longest, bounds[2 * axis + 1] - bounds[2 * axis]);
    }
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double middle = 0.5 * (bounds[2 * axis] + bounds[2 * axis + 1]);
        box_[2 * axis] = middle - 0.5 * kTimesLarger * longest;
        box_[2 * axis + 1] = middle + 0.5 * kTimesLarger * longest;
    }
    Modified();
}

} // namespace siskin::ui
