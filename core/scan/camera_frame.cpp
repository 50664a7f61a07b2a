// SPDX-License-Identifier: MIT
#include "core/scan/camera_frame.hpp"

namespace siskin {

Vec3d CameraCalibration::toRectified(const Vec3f& sensor) const {
    Vec3d camera{};
    for (std::size_t row = 0; row < 3; ++row) {
        const double* m = &sensorToCamera[4 * row];
        camera[row] = m[0] * static_cast<double>(sensor[0]) +
                      m[1] * static_cast<double>(sensor[1]) +
                      m[2] * static_cast<double>(sensor[2]) + m[3];
    }
    Vec3d result{};
    for (std::size_t row = 0; row < 3; ++row) {
        const double* m = &rectification[3 * row];
        result[row] = m[0] * camera[0] + m[1] * camera[1] + m[2] * camera[2];
    }
    return result;
}

std::array<double, 2> CameraCalibration::toPixel(const Vec3d& rectified) const {
    std::array<double, 3> image{};
    for (std::size_t row = 0; row < 3; ++row) {
        const double* m = &projection[4 * row];
        image[row] = m[0] * rectified[0] + m[1] * rectified[1] + m[2] * rectified[2] + m[3];
    }
    return {image[0] / image[2], image[1] / image[2]};
}

Vec3d CameraCalibration::atPixel(double x, double y, double depth) const {
    // [f 0 c t] per row: pixel = (f * p + c * z + t) / (z + t_z), solved for p.
    const double scale = depth + projection[11];
    return {
        (x * scale - projection[2] * depth - projection[3]) / projection[0],
        (y * scale - projection[6] * depth - projection[7]) / projection[5],
        depth};
}

} // namespace siskin
