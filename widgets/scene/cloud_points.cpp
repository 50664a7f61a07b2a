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

/// Where a point of the scan is drawn: shapes are turned from y up to z up.
Vec3f upright(const Vec3f& point, SceneKind kind) {
    return kind == SceneKind::Shape ? Vec3f{point[0], -point[2], point[1]} : point;
}

vtkSmartPointer<vtkFloatArray> copyOf(
    const std::vector<Vec3f>& positions, const std::vector<std::uint8_t>& drawable, SceneKind kind
) {
    auto array = vtkSmartPointer<vtkFloatArray>::New();
    array->SetNumberOfComponents(3);
    array->SetNumberOfTuples(static_cast<vtkIdType>(positions.size()));
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const Vec3f point = drawable[i] != 0 ? upright(positions[i], kind) : Vec3f{};
        array->SetTypedTuple(static_cast<vtkIdType>(i), point.data());
    }
    return array;
}

/// Between the 1st and the 99th percentile, of a few thousand points: scanners see some points
/// below the floor and through windows.
std::array<double, 2> heightsOf(const CloudPoints& cloud) {
    constexpr std::size_t kSample = 4096;
    const std::size_t count = cloud.drawable.size();
    const std::size_t step = std::max<std::size_t>(1, count / kSample);
    std::vector<double> heights;
    for (std::size_t i = 0; i < count; i += step) {
        if (cloud.drawable[i] != 0) {
            heights.push_back(upright(cloud.scan->positions[i], cloud.kind)[2]);
        }
    }
    if (heights.empty()) {
        return {};
    }
    std::sort(heights.begin(), heights.end());
    const std::size_t outside = heights.size() / 100;
    return {heights[outside], heights[heights.size() - 1 - outside]};
}

} // namespace

std::shared_ptr<const CloudPoints>
makeCloudPoints(std::shared_ptr<const Scan> scan, SceneKind kind) {
    auto cloud = std::make_shared<CloudPoints>();
    cloud->kind = kind;
    const auto& positions = scan->positions;
    cloud->drawable.resize(positions.size());
    bool none = true;
    bool asTheyAre = kind != SceneKind::Shape;
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const bool good = isFinite(positions[i]);
        cloud->drawable[i] = good ? 1 : 0;
        asTheyAre = asTheyAre && good;
        if (good) {
            extend(cloud->bounds, upright(positions[i], kind), none);
            none = false;
        }
    }
    cloud->points = vtkSmartPointer<vtkPoints>::New();
    cloud->points->SetData(
        asTheyAre ? viewOf(positions) : copyOf(positions, cloud->drawable, kind)
    );
    cloud->scan = std::move(scan);
    cloud->heights = heightsOf(*cloud);
    return cloud;
}

} // namespace siskin::ui
