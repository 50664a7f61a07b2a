// SPDX-License-Identifier: MIT
// Where the files of a race track lie (README.md beside this file).
#pragma once

#include "core/scan/dataset_reader.hpp"

#include <filesystem>
#include <vector>

namespace siskin {

struct TrackLayout {
    std::filesystem::path root;
    int beams = 0;
    std::vector<FrameInfo> frames; ///< `file` is the .bin
};

/// A folder with track.json, that file, or a .bin of its velodyne folder.
bool looksLikeTrack(const std::filesystem::path& path);

/// Throws `DatasetError` naming the file when track.json is malformed or of another format, or when
/// there is no scan.
TrackLayout findTrack(const std::filesystem::path& path);

/// The file beside a frame's scan: "labels" and ".label", or "cones" and ".txt".
std::filesystem::path
trackFileBeside(const std::filesystem::path& scan, const char* folder, const char* ending);

} // namespace siskin
