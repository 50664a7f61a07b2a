// SPDX-License-Identifier: MIT
// From where a picture shows a scan: behind the sensor of a LiDAR, into a room whose ceiling is
// taken off, or at a shape.
#pragma once

#include "core/models/model_kind.hpp"
#include "core/report/point_raster.hpp"

#include <cstdint>
#include <vector>

namespace siskin {

struct ScanView {
    std::vector<Vec3f> positions;      ///< of what is drawn, z up
    std::vector<std::uint32_t> points; ///< which point of the scan each is
    Camera camera;
};

/// `aspect`: width of the picture over its height. Of a room the upper third is left out, so that
/// one sees into it; a shape is turned from y up to z up and enlarged.
ScanView viewOf(const Scan& scan, ModelTask task, float aspect);

/// What a scan shows: a shape where it has a category, else what the classes of its data set are
/// for. Plain files have those of LiDAR scans and say nothing: points with colours and without
/// intensity were not seen by a LiDAR alone and are taken for a room.
ModelTask taskOf(const Scan& scan, ModelTask ofClasses);

} // namespace siskin
