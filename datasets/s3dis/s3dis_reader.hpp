// SPDX-License-Identifier: MIT
// S3DIS, Stanford Large-Scale 3D Indoor Spaces (Armeni et al., CVPR 2016), aligned version 1.2.
#pragma once

#include "core/scan/dataset_reader.hpp"
#include "datasets/s3dis/layout.hpp"

namespace siskin {

/// Rooms of a folder, see `findS3dis`. A scan has the field "rgb" (3 channels, 0-255) and, from the
/// files of its `Annotations`, ground truth in the numbers of `kIndoorClasses`; points come object
/// by object, in the order of the file names. Positions are in the area's frame: metres, z up, no
/// pose. A room without annotations is read from its own text file, without labels.
/// An object whose name is no class is kept and ignored; a damaged file is left out as the
/// published preprocessing does; both with a warning of the scan.
class S3disReader final : public DatasetReader {
  public:
    /// Throws `DatasetError` when no room is found, `ConfigError` without a class map.
    S3disReader(const std::filesystem::path& path, std::shared_ptr<const ClassMap> classMap);

    std::string title() const override;

    const std::vector<FrameInfo>& frames() const override { return infos_; }

    std::shared_ptr<const ClassMap> classMap() const override { return classMap_; }

    std::string_view benchmark() const override { return "s3dis"; }

    std::vector<std::string> warnings() const override { return layout_.warnings; }

    /// Throws `DatasetError` with file and line when no object of the room can be read.
    std::shared_ptr<const Scan> read(std::size_t index) const override;

  private:
    S3disLayout layout_;
    std::vector<FrameInfo> infos_;
    std::shared_ptr<const ClassMap> classMap_;
};

} // namespace siskin
