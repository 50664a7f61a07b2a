// SPDX-License-Identifier: MIT
// ShapeNetPart (Yi et al., SIGGRAPH Asia 2016), the release with normals.
#pragma once

#include "core/scan/dataset_reader.hpp"
#include "datasets/shapenetpart/layout.hpp"

namespace siskin {

/// Shapes of a folder or a single file, see `findShapeNetPart`. A scan has the field "normal" (3
/// channels, as in the file: usually unit length) and ground truth in global part ids (0-49); its
/// category is the first part of its id, "Chair/<id>". No pose; one unit is the diagonal of the
/// shape's bounding box, +y is up, +x is the front. A part of another category, or an id above 49,
/// is kept with a warning of the scan.
class ShapeNetPartReader final : public DatasetReader {
  public:
    /// Throws `DatasetError` when no shape is found, `ConfigError` without a class map.
    ShapeNetPartReader(const std::filesystem::path& path, std::shared_ptr<const ClassMap> classMap);

    std::string title() const override;

    const std::vector<FrameInfo>& frames() const override { return infos_; }

    std::shared_ptr<const ClassMap> classMap() const override { return classMap_; }

    std::string_view benchmark() const override { return "shapenetpart"; }

    std::vector<std::string> warnings() const override { return layout_.warnings; }

    /// Throws `DatasetError` with file and line when a line is not seven finite numbers of which
    /// the last is a part id (a whole number of at least 0).
    std::shared_ptr<const Scan> read(std::size_t index) const override;

  private:
    ShapeNetPartLayout layout_;
    std::vector<FrameInfo> infos_;
    std::shared_ptr<const ClassMap> classMap_;
};

} // namespace siskin
