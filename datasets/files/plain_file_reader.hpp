// SPDX-License-Identifier: MIT
// Point files of no data set: PLY, PCD, XYZ and its relatives, PTS.
#pragma once

#include "core/scan/dataset_reader.hpp"

#include <array>
#include <filesystem>
#include <string_view>

namespace siskin {

/// Extensions that are read, in lower case; the case of a file's own does not matter.
inline constexpr std::array<std::string_view, 7> kPointFileExtensions = {
    ".ply", ".pcd", ".xyz", ".xyzn", ".xyzrgb", ".xyzi", ".pts"};

/// True for a file with such an extension, and for a folder that holds one and no folder of a data
/// set (`sequences`, `velodyne`).
bool looksLikePointFiles(const std::filesystem::path& path);

/// One file, or the files of a folder (not of its sub-folders) in the order of their names; each is
/// a frame, the folder's name its group. The id is the file's name without extension, with it where
/// two files would share one. No ground truth: a field `classification` stays a field. What of a
/// file becomes which field: `fillScan`.
class PlainFileReader final : public DatasetReader {
  public:
    /// Throws `DatasetError` when there is no such file, `ConfigError` without a class map.
    PlainFileReader(const std::filesystem::path& path, std::shared_ptr<const ClassMap> classMap);

    std::string title() const override;

    const std::vector<FrameInfo>& frames() const override { return infos_; }

    std::shared_ptr<const ClassMap> classMap() const override { return classMap_; }

    std::vector<std::string> warnings() const override { return warnings_; }

    /// Throws `DatasetError` with file and line, byte or point when the file is malformed.
    std::shared_ptr<const Scan> read(std::size_t index) const override;

  private:
    std::vector<FrameInfo> infos_;
    std::vector<std::string> warnings_;
    std::shared_ptr<const ClassMap> classMap_;
};

} // namespace siskin
