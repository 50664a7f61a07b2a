// SPDX-License-Identifier: MIT
// From 2D boxes to frustums and from a network's answer back to a box in space (models.md 4.5; Qi
// et al., CVPR 2018). Plain numbers, no tensor.
#pragma once

#include "core/scan/camera_frame.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace siskin {

inline constexpr std::size_t kFrustumPoints = 1024;

/// What one 2D box selects, turned so that the middle of the box lies straight ahead.
struct Frustum {
    std::size_t box = 0;                      ///< of the frame
    std::size_t category = 0;                 ///< 0 Car, 1 Pedestrian, 2 Cyclist
    double turn = 0.0;                        ///< about y, radians: pi/2 + frustum angle
    std::uint64_t seed = 0;                   ///< for drawing points of the object
    std::vector<std::array<float, 4>> points; ///< kFrustumPoints: x, y, z, intensity; may repeat
};

struct FrustumCut {
    std::vector<Frustum> frustums; ///< in the order of the boxes
    std::size_t otherTypes = 0;    ///< boxes of types that the networks do not know
    std::size_t tooLow = 0;        ///< less than 25 pixels high
    std::size_t tooFew = 0;        ///< fewer than 5 points
};

/// A point belongs to a box when it is at least 2 m in front of the sensor and seen inside
/// [left, right) x [top, bottom). Of each frustum `kFrustumPoints` are drawn with repetition; the
/// same frame and seed draw the same ones.
FrustumCut cutFrustums(const CameraFrame& frame, std::uint64_t seed);

/// [x z] * [[c, s], [-s, c]]
Vec3d turnedAboutY(const Vec3d& point, double angle);

/// What a network said about one frustum.
struct FrustumAnswer {
    Vec3d centre{};
    std::array<float, 12> headingScores{};
    std::array<float, 12> headingResiduals{}; ///< radians from the bin's middle
    std::array<float, 8> sizeScores{};
    std::array<std::array<float, 3>, 8> sizes{}; ///< l, w, h if it were that template
};

/// The heading of the best bin (the first of equal ones; bin i is about i * 2 pi / 12) and the size
/// of the best template, turned back into the camera's frame.
CameraBox boxOf(const FrustumAnswer& answer, const Frustum& frustum, const ImageBox& image);

} // namespace siskin
