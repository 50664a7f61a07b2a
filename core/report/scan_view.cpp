// SPDX-License-Identifier: MIT
#include "core/report/scan_view.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace siskin {

namespace {

struct Box {
    Vec3f low{};
    Vec3f high{};
};

Box boxOf(const std::vector<Vec3f>& positions) {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    Box box{{kInfinity, kInfinity, kInfinity}, {-kInfinity, -kInfinity, -kInfinity}};
    for (const auto& position : positions) {
        for (std::size_t axis = 0; axis < 3; ++axis) {
            if (std::isfinite(position[axis])) {
                box.low[axis] = std::min(box.low[axis], position[axis]);
                box.high[axis] = std::max(box.high[axis], position[axis]);
            }
        }
    }
    return box;
}

/// A camera that looks at the middle of the box from a direction (degrees), as near as it can be
/// with all corners in the picture.
Camera lookAt(const Box& box, float azimuth, float elevation, float aspect) {
    constexpr float kRadians = std::numbers::pi_v<float> / 180.0F;
    constexpr float kMargin = 1.06F;
    Camera camera{.eye = {}, .target = {}, .verticalFieldOfView = 36.0F};
    const float cosine = std::cos(elevation * kRadians);
    const Vec3f back = {
        cosine * std::cos(azimuth * kRadians),
        cosine * std::sin(azimuth * kRadians),
        std::sin(elevation * kRadians)};
    const Vec3f right = {-std::sin(azimuth * kRadians), std::cos(azimuth * kRadians), 0.0F};
    const Vec3f up = {
        back[1] * right[2] - back[2] * right[1],
        back[2] * right[0] - back[0] * right[2],
        back[0] * right[1] - back[1] * right[0]};
    for (std::size_t axis = 0; axis < 3; ++axis) {
        camera.target[axis] = 0.5F * (box.low[axis] + box.high[axis]);
    }
    const float slope = std::tan(0.5F * camera.verticalFieldOfView * kRadians) / kMargin;
    float distance = 1.0F;
    for (int corner = 0; corner < 8; ++corner) {
        float x = 0.0F;
        float y = 0.0F;
        float toEye = 0.0F;
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const bool high = ((corner >> axis) & 1) != 0;
            const float offset = (high ? box.high : box.low)[axis] - camera.target[axis];
            x += offset * right[axis];
            y += offset * up[axis];
            toEye += offset * back[axis];
        }
        const float needed = std::max(std::abs(y), std::abs(x) / aspect) / slope;
        distance = std::max(distance, toEye + needed);
    }
    for (std::size_t axis = 0; axis < 3; ++axis) {
        camera.eye[axis] = camera.target[axis] + distance * back[axis];
    }
    return camera;
}

ScanView wholeScan(const Scan& scan) {
    ScanView view;
    view.positions = scan.positions;
    view.points.resize(scan.pointCount());
    for (std::size_t i = 0; i < view.points.size(); ++i) {
        view.points[i] = static_cast<std::uint32_t>(i);
    }
    return view;
}

/// Looks along the shorter side, so that a long room lies across the picture.
ScanView roomView(const Scan& scan, float aspect) {
    constexpr float kCeiling = 0.32F; // share of the height: lower ceilings and lamps go, too
    const Box box = boxOf(scan.positions);
    const float cut = box.high[2] - kCeiling * (box.high[2] - box.low[2]);
    ScanView view;
    for (std::size_t i = 0; i < scan.pointCount(); ++i) {
        if (scan.positions[i][2] <= cut) {
            view.positions.push_back(scan.positions[i]);
            view.points.push_back(static_cast<std::uint32_t>(i));
        }
    }
    const bool alongX = box.high[0] - box.low[0] >= box.high[1] - box.low[1];
    view.camera =
        lookAt({box.low, {box.high[0], box.high[1], cut}}, alongX ? -75.0F : 15.0F, 62.0F, aspect);
    return view;
}

ScanView shapeView(const Scan& scan, float aspect) {
    constexpr float kEnlarge = 10.0F; // the renderer leaves out what is nearer than half a metre
    ScanView view = wholeScan(scan);
    for (auto& p : view.positions) {
        p = {-kEnlarge * p[2], -kEnlarge * p[0], kEnlarge * p[1]};
    }
    view.camera = lookAt(boxOf(view.positions), -50.0F, 22.0F, aspect);
    return view;
}

} // namespace

ScanView viewOf(const Scan& scan, ModelTask task, float aspect) {
    if (task == ModelTask::ShapeParts) {
        return shapeView(scan, aspect);
    }
    if (task == ModelTask::IndoorScene) {
        return roomView(scan, aspect);
    }
    ScanView view = wholeScan(scan);
    view.camera = cameraBehindSensor(scan.positions);
    return view;
}

ModelTask taskOf(const Scan& scan, ModelTask ofClasses) {
    if (scan.shapeCategory) {
        return ModelTask::ShapeParts;
    }
    const bool coloured = scan.field("rgb") != nullptr && scan.field("intensity") == nullptr;
    return ofClasses == ModelTask::LidarScene && coloured ? ModelTask::IndoorScene : ofClasses;
}

} // namespace siskin
