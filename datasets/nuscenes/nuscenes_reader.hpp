// SPDX-License-Identifier: MIT
// nuScenes (Caesar et al., CVPR 2020) with nuScenes-lidarseg: https://www.nuscenes.org
#pragma once

#include "core/scan/dataset_reader.hpp"
#include "datasets/nuscenes/layout.hpp"

namespace siskin {

/// The LIDAR_TOP keyframes of a folder or a single file, see `findNuScenes`; a group per scene. A
/// scan has the fields "intensity" (0..255) and "ring" (0..31), a pose, and ground truth where
/// lidarseg has labels; its raw ids are those of `categories.hpp`.
class NuScenesReader final : public DatasetReader {
  public:
    /// Throws `DatasetError` when no frame is found, `ConfigError` without a class map.
    NuScenesReader(const std::filesystem::path& path, std::shared_ptr<const ClassMap> classMap);

    std::string title() const override;

    const std::vector<FrameInfo>& frames() const override { return infos_; }

    std::shared_ptr<const ClassMap> classMap() const override { return classMap_; }

    double framesPerSecond() const override { return layout_.framesPerSecond; }

    std::vector<std::string> warnings() const override { return layout_.warnings; }

    /// Also throws when the numbers of points and labels differ.
    std::shared_ptr<const Scan> read(std::size_t index) const override;

  private:
    NuScenesLayout layout_;
    std::vector<FrameInfo> infos_;
    std::shared_ptr<const ClassMap> classMap_;
};

} // namespace siskin
