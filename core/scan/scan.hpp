// SPDX-License-Identifier: MIT
// What every other folder speaks: one point cloud as its file holds it. Plain values, no tensor.
#pragma once

#include "core/scan/class_map.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

using Vec3f = std::array<float, 3>;

/// A named value per point, e.g. "intensity" (1 channel) or "rgb" (3 channels).
struct PointField {
    std::string name;
    int channels = 1;
    std::vector<float> values; ///< N x channels, row-major
};

/// Labels that came with the scan.
struct GroundTruth {
    std::vector<std::uint32_t> rawIds; ///< N, as in the file (semantic part only)
    std::vector<ClassId> classIds;     ///< N, through `classMap`
    std::shared_ptr<const ClassMap> classMap;
};

/// One scan, shape or room. Immutable once read; handed round as `shared_ptr<const Scan>`.
struct Scan {
    std::string id;               ///< short and unique inside its data set, e.g. "00/000000"
    std::filesystem::path source; ///< file it was read from; empty when generated
    /// What the benchmark's prediction files call this frame, where that is not the id: nuScenes's
    /// token of the LiDAR's sample_data record, ShapeNetPart's "<synset>/<id>".
    std::string benchmarkName;
    /// Index into `kShapeCategories` where the scan is one object of a known category.
    std::optional<std::size_t> shapeCategory;
    std::vector<Vec3f> positions; ///< N, metres, sensor frame
    /// The last so many points come from earlier scans: shown and fed to networks, but without
    /// ground truth, and no part of a prediction file.
    std::size_t contextPoints = 0;
    std::vector<PointField> fields;
    std::optional<GroundTruth> groundTruth;
    std::optional<std::array<double, 16>> pose; ///< sensor to world, row-major 4 x 4
    std::vector<std::string> warnings;          ///< one line each: what is odd, where, how often
    double readSeconds = 0.0;                   ///< time that reading took

    std::size_t pointCount() const noexcept { return positions.size(); }

    /// The field of that name, or nullptr.
    const PointField* field(std::string_view name) const noexcept {
        for (const auto& candidate : fields) {
            if (candidate.name == name) {
                return &candidate;
            }
        }
        return nullptr;
    }
};

} // namespace siskin
