// SPDX-License-Identifier: MIT
// A small software renderer for point clouds: which point is seen at each pixel, and how dark
// eye-dome lighting makes it there (Boucheron, "Eye-dome lighting: a non-photorealistic shading
// technique", EDF R&D 2009: a pixel darkens by how much nearer its neighbours are, in log depth).
// No display or GPU needed; the same input gives the same picture on every machine and thread
// count.
#pragma once

#include "core/scan/scan.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace siskin {

/// Perspective camera in the scan's frame (metres, x forward, y left, z up for LiDAR).
struct Camera {
    Vec3f eye{-20.0F, 0.0F, 15.0F};
    Vec3f target{10.0F, 0.0F, -2.0F};
    float verticalFieldOfView = 40.0F; ///< degrees
};

/// Behind and above the sensor, looking ahead, at a distance that suits the bulk of the points.
Camera cameraBehindSensor(std::span<const Vec3f> positions);

struct RasterOptions {
    int width = 960;
    int height = 540;
    /// Diameter in pixels at the camera's target and beyond; nearer points grow, up to 2.5 times.
    /// At least one pixel is drawn.
    float pointSize = 2.0F;
    float edlRadius = 1.5F;   ///< distance to the neighbours compared, in pixels
    float edlStrength = 1.0F; ///< 0 switches eye-dome lighting off
};

inline constexpr std::int32_t kNoPoint = -1;

/// Row-major, `width` x `height`. Any number of colourings can be painted from one raster, so that
/// panes side by side share their camera by construction.
struct PointRaster {
    int width = 0;
    int height = 0;
    std::vector<std::int32_t> point; ///< index of the nearest point, or `kNoPoint`
    std::vector<float> depth;        ///< metres along the view axis; infinite where no point is
    std::vector<float> shade;        ///< 0 (black) .. 1 (unshaded)
};

/// Points that are not finite or nearer than half a metre are left out. Of points at the same depth
/// the one with the lower index is seen. Throws `ConfigError` for more than 2^31 - 1 points.
PointRaster
rasterise(std::span<const Vec3f> positions, const Camera& camera, const RasterOptions& options);

} // namespace siskin
