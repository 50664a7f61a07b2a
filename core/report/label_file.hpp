// SPDX-License-Identifier: MIT
// Predictions in the format of the SemanticKITTI benchmark: one little-endian uint32 per point, the
// raw class id (semantic-kitti-api, "Data organization"), in sequences/NN/predictions/FFFFFF.label.
#pragma once

#include "core/scan/prediction.hpp"

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

namespace siskin {

/// 4 x N bytes: `ClassInfo::submissionId` of each point, little-endian (the class map's
/// own entry for `kIgnored`).
std::vector<std::byte> labelBytes(const Prediction& prediction);

/// Below an output folder: "sequences/00/predictions/000000.label" for the id "00/000000"; other
/// ids give "predictions/<id made safe for file names>.label".
std::filesystem::path labelPath(std::string_view scanId);

/// Writes `folder / labelPath(scanId)`, all or nothing, and returns the path.
/// Throws `DatasetError` when it cannot be written.
std::filesystem::path writeLabelFile(
    const std::filesystem::path& folder, std::string_view scanId, const Prediction& prediction
);

} // namespace siskin
