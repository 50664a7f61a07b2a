// SPDX-License-Identifier: MIT
// A made-up frame of the KITTI object benchmark: a car whose box is known, over a flat road.
#pragma once

#include "core/base/file.hpp"
#include "core/base/split_mix.hpp"
#include "core/scan/camera_frame.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <span>

namespace siskin::test {

/// Sensor x ahead, y left, z up; the rectified camera is turned by a hundredth about its z.
inline CameraCalibration madeCalibration() {
    const double c = std::cos(0.01);
    const double s = std::sin(0.01);
    return {
        {720.0, 0.0, 610.0, 45.0, 0.0, 715.0, 175.0, 0.2, 0.0, 0.0, 1.0, 0.003},
        {c, -s, 0.0, s, c, 0.0, 0.0, 0.0, 1.0},
        {0.0, -1.0, 0.0, 0.06, 0.0, 0.0, -1.0, -0.08, 1.0, 0.0, 0.0, -0.27}};
}

/// The inverse of `CameraCalibration::toRectified`, both parts being rotations and a shift.
inline Vec3f toSensor(const CameraCalibration& calibration, const Vec3d& rectified) {
    Vec3d camera{};
    Vec3f sensor{};
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t k = 0; k < 3; ++k) {
            camera[i] += calibration.rectification[3 * k + i] * rectified[k];
        }
    }
    for (std::size_t i = 0; i < 3; ++i) {
        double sum = 0.0;
        for (std::size_t k = 0; k < 3; ++k) {
            sum += calibration.sensorToCamera[4 * k + i] *
                   (camera[k] - calibration.sensorToCamera[4 * k + 3]);
        }
        sensor[i] = static_cast<float>(sum);
    }
    return sensor;
}

/// A place in the box: `along` its length, `down` its height, `across` its width, each -0.5..0.5.
/// KITTI turns a box that faces along x by `rotationY` about y.
inline Vec3d pointOf(const CameraBox& box, double along, double down, double across) {
    const double x = along * box.length;
    const double z = across * box.width;
    const double c = std::cos(box.rotationY);
    const double s = std::sin(box.rotationY);
    return {
        box.bottom[0] + c * x + s * z,
        box.bottom[1] + (down - 0.5) * box.height,
        box.bottom[2] - s * x + c * z};
}

/// The car seen from the camera: `image` is the hull of its corners.
inline CameraBox madeCar(const CameraCalibration& calibration) {
    CameraBox car{
        .image = {.type = "Car", .left = 1e9, .top = 1e9, .right = -1e9, .bottom = -1e9},
        .height = 1.5,
        .width = 1.7,
        .length = 4.0,
        .bottom = {4.0, 1.65, 18.0},
        .rotationY = 0.7};
    for (int corner = 0; corner < 8; ++corner) {
        const auto at = pointOf(
            car,
            (corner & 1) != 0 ? 0.5 : -0.5,
            (corner & 2) != 0 ? 0.5 : -0.5,
            (corner & 4) != 0 ? 0.5 : -0.5
        );
        const auto [x, y] = calibration.toPixel(at);
        car.image.left = std::min(car.image.left, x);
        car.image.right = std::max(car.image.right, x);
        car.image.top = std::min(car.image.top, y);
        car.image.bottom = std::max(car.image.bottom, y);
    }
    return car;
}

inline constexpr std::size_t kCarPoints = 300;

/// The first `kCarPoints` points are the car's, with intensity 0.9; then road, and some behind.
inline CameraFrame madeFrame() {
    CameraFrame frame{.id = "000007", .calibration = madeCalibration()};
    const auto car = madeCar(frame.calibration);
    SplitMix64 random(5);
    for (std::size_t i = 0; i < kCarPoints; ++i) {
        const auto place = pointOf(
            car, random.uniform(-0.5, 0.5), random.uniform(-0.5, 0.5), random.uniform(-0.5, 0.5)
        );
        frame.positions.push_back(toSensor(frame.calibration, place));
        frame.intensity.push_back(0.9F);
    }
    for (int i = 0; i < 3000; ++i) {
        frame.positions.push_back(
            {static_cast<float>(random.uniform(-40.0, 60.0)),
             static_cast<float>(random.uniform(-20.0, 20.0)),
             -1.73F}
        );
        frame.intensity.push_back(0.2F);
    }
    frame.boxes = {car.image};
    return frame;
}

inline void writeKittiFrame(const CameraFrame& frame, const std::filesystem::path& folder) {
    std::vector<float> values;
    for (std::size_t i = 0; i < frame.positions.size(); ++i) {
        values.insert(values.end(), frame.positions[i].begin(), frame.positions[i].end());
        values.push_back(frame.intensity[i]);
    }
    writeFileAtomically(
        folder / "velodyne" / (frame.id + ".bin"), std::as_bytes(std::span(values))
    );
    const auto& c = frame.calibration;
    writeFileAtomically(
        folder / "calib" / (frame.id + ".txt"),
        fmt::format(
            "P0: 1 0 0 0 0 1 0 0 0 0 1 0\nP2: {}\nR0_rect: {}\nTr_velo_to_cam: {}\n\n",
            fmt::join(c.projection, " "),
            fmt::join(c.rectification, " "),
            fmt::join(c.sensorToCamera, " ")
        )
    );
    std::string labels;
    for (const auto& box : frame.boxes) {
        labels += fmt::format(
            "{} 0.00 0 -1.5 {} {} {} {} 1.5 1.7 4.0 4 1.65 18 0.7\n",
            box.type,
            box.left,
            box.top,
            box.right,
            box.bottom
        );
    }
    labels += "DontCare -1 -1 -10 1 2 3 4 -1 -1 -1 -1000 -1000 -1000 -10\n";
    writeFileAtomically(folder / "label_2" / (frame.id + ".txt"), labels);
}

} // namespace siskin::test
