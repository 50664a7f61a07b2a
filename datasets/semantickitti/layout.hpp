// SPDX-License-Identifier: MIT
// Which files of a SemanticKITTI folder belong together.
//   <root>/sequences/NN/velodyne/FFFFFF.bin    points
//   <root>/sequences/NN/labels/FFFFFF.label    one label per point (absent in the test sequences)
//   <root>/sequences/NN/{poses,calib}.txt      trajectory
#pragma once

#include "core/scan/dataset_reader.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace siskin {

struct SemanticKittiFrame {
    FrameInfo info;
    std::filesystem::path labelFile; ///< empty when there is none
    std::filesystem::path sequence;  ///< folder of the sequence; empty for a loose `.bin`
};

struct SemanticKittiLayout {
    std::vector<SemanticKittiFrame> frames; ///< by sequence, then by name; never empty
    std::vector<std::string> warnings;      ///< sequences that were left out, and why
};

/// True for a folder with a part of the layout above, and for every file: what nobody else takes is
/// explained here.
bool looksLikeSemanticKitti(const std::filesystem::path& path);

/// Folders of sequences that `path` means, whatever they hold, sorted by name.
std::vector<std::filesystem::path> semanticKittiSequences(const std::filesystem::path& path);

/// Finds the frames of a data-set root, its `sequences` folder, one sequence, a `velodyne` folder,
/// or a single `.bin`. Reads no frame. Throws `DatasetError` saying what the path looks like and
/// what is missing.
SemanticKittiLayout findSemanticKitti(const std::filesystem::path& path);

} // namespace siskin
