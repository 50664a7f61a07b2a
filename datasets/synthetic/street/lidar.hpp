// SPDX-License-Identifier: MIT
// Rotating LiDARs that look at a street.
#pragma once

#include "core/scan/scan.hpp"
#include "datasets/synthetic/ray_caster.hpp"
#include "datasets/synthetic/street/surface.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace siskin {

enum class IntensityScale { Hundredths, Bytes };

/// Elevations from the manufacturer's manuals (Velodyne HDL-64E S2/S3, HDL-32E).
struct LidarModel {
    std::string name;
    std::vector<double> elevations; ///< radians, ring by ring, in the order of the points
    int azimuthSteps = 0;           ///< rays per turn and ring
    double height = 0.0;            ///< metres above the road
    double maxRange = 0.0;          ///< metres
    double rangeNoise = 0.0;        ///< deviation, metres
    double turnSeconds = 0.1;       ///< one turn; the time between frames
    IntensityScale intensity = IntensityScale::Hundredths;
};

/// As on KITTI's car (Geiger et al., IJRR 2013): 64 rings, 10 Hz, 1.73 m; remission in hundredths.
const LidarModel& hdl64();

/// As on nuScenes' cars (Caesar et al., CVPR 2020): 32 rings, 20 Hz, 1.84 m; intensity 0..255. Ring
/// 0 is the lowest one, as in nuScenes' files.
const LidarModel& hdl32();

/// One turn. All vectors have one entry per echo, ring by ring, counter-clockwise from straight
/// ahead.
struct StreetFrame {
    std::vector<Vec3f> positions;         ///< metres, sensor frame: x ahead, y left, z up
    std::vector<float> intensity;         ///< 0..1 in hundredths, or 0..255 whole
    std::vector<std::uint8_t> ring;       ///< index into the model's elevations
    std::vector<StreetKind> kinds;        ///< finer than the ids of any data set
    std::vector<std::uint32_t> rawIds;    ///< SemanticKITTI's, moving ones included
    std::vector<std::uint16_t> instances; ///< 0: none; one number per object over the whole drive
    std::array<double, 16> pose{};        ///< sensor to world, row-major 4 x 4
    double seconds = 0.0;                 ///< since the begin of the drive

    std::size_t size() const noexcept { return positions.size(); }
};

/// Scans what `fixed` and `moving` show from `pose` (sensor to world). Each ray draws from a stream
/// of its own, made from `seed`. The sensor stands still during the turn: KITTI's scans are
/// corrected for its motion, too.
StreetFrame scanStreet(
    const LidarModel& model,
    const RayCaster& fixed,
    const RayCaster& moving,
    const SurfaceTable& surfaces,
    const Rigid& pose,
    std::uint64_t seed
);

} // namespace siskin
