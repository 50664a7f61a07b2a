// SPDX-License-Identifier: MIT
#include "widgets/scene/cloud_points.hpp"

#include <vtkFloatArray.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace siskin::ui {

namespace {

bool isFinite(const Vec3f& point) {
    return std::isfinite(point[0]) && std::isfinite(point[1]) && std::isfinite(point[2]);
}

void extend(std::array<double, 6>& bounds, const Vec3f& point, bool first) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const double value = point[axis];
        bounds[2 * axis] = first ? value : std::min(bounds[2 * axis], value);
        bounds[2 * axis + 1] = first ? value : std::max(bounds[2 * axis + 1], value);
    }
}

vtkSmartPointer<vtkFloatArray> viewOf(const std::vector<Vec3f>& positions) {
    auto array = vtkSmartPointer<vtkFloatArray>::New();
    array->SetNumberOfComponents(3);
    if (!positions.empty()) {
        // VTK never writes through this pointer; save = 1 keeps it from freeing the scan's memory.
        auto* data = const_cast<float*>(positions.front().data());
        array->SetArray(data, static_cast<vtkIdType>(positions.size() * 3), 1);
    }
    return array;
}

vtkSmartPointer<vtkFloatArray>
copyOf(const std::vector<Vec3f>& positions, const std::vector<std::uint8_t>& drawable) {
    auto array = vtkSmartPointer<vtkFloatArray>::New();
    array->SetNumberOfComponents(3);
    array->SetNumberOfTuples(static_cast<vtkIdType>(positions.size()));
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const Vec3f point = drawable[i] != 0 ? positions[i] : Vec3f{};
        array->SetTypedTuple(static_cast<vtkIdType>(i), point.data());
    }
    return array;
}

} // namespace

std::shared_ptr<const CloudPoints> makeCloudPoints(std::shared_ptr<const Scan> scan) {
    auto cloud = std::make_shared<CloudPoints>();
    const auto& positions = scan->positions;
    cloud->drawable.resize(positions.size());
    bool none = true;
    bool allFinite = true;
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const bool good = isFinite(positions[i]);
        cloud->drawable[i] = good ? 1 : 0;
        allFinite = allFinite && good;
        if (good) {
            extend(cloud->bounds, positions[i], none);
            none = false;
        }
    }
    cloud->points = vtkSmartPointer<vtkPoints>::New();
    cloud->points->SetData(allFinite ? viewOf(positions) : copyOf(positions, cloud->drawable));
    cloud->scan = std::move(scan);
    return cloud;
}

} // namespace siskin::ui
