// SPDX-License-Identifier: MIT
// A LiDAR scan beside a camera picture, and boxes in both: what frustum networks work on. The
// conventions are those of the KITTI object benchmark (Geiger et al., CVPR 2012): rectified camera
// coordinates have x to the right, y down, z ahead, in metres.
#pragma once

#include "core/scan/scan.hpp"

#include <array>
#include <string>
#include <vector>

namespace siskin {

using Vec3d = std::array<double, 3>;

struct CameraCalibration {
    std::array<double, 12> projection{};     ///< rectified camera -> pixels, 3 x 4 (P2)
    std::array<double, 9> rectification{};   ///< camera -> rectified camera, 3 x 3 (R0_rect)
    std::array<double, 12> sensorToCamera{}; ///< 3 x 4 (Tr_velo_to_cam)

    Vec3d toRectified(const Vec3f& sensor) const;
    /// Pixel (x, y) of a point; means nothing for points that are not in front (z <= 0).
    std::array<double, 2> toPixel(const Vec3d& rectified) const;
    /// The point at `depth` metres that is seen at a pixel.
    Vec3d atPixel(double x, double y, double depth) const;
};

/// What a detector found in the picture.
struct ImageBox {
    std::string type{}; ///< "Car", "Pedestrian", "Cyclist", ...
    double left = 0.0;
    double top = 0.0;
    double right = 0.0;
    double bottom = 0.0;
    double score = 1.0;
};

struct CameraFrame {
    std::string id{};
    std::vector<Vec3f> positions{}; ///< N, metres, sensor frame
    std::vector<float> intensity{}; ///< N
    CameraCalibration calibration{};
    std::vector<ImageBox> boxes{};
};

/// An object in space, in rectified camera coordinates.
struct CameraBox {
    ImageBox image{};       ///< where it was seen, with type and score
    double height = 0.0;    ///< metres, along y
    double width = 0.0;     ///< metres, across its heading
    double length = 0.0;    ///< metres, along its heading
    Vec3d bottom{};         ///< middle of its lower side
    double rotationY = 0.0; ///< [-pi, pi], 0 = it faces along x
};

} // namespace siskin
