// SPDX-License-Identifier: MIT
// nuScenes (Caesar et al., CVPR 2020) with nuScenes-lidarseg: https://www.nuscenes.org
#pragma once

#include "core/scan/dataset_reader.hpp"
#include "datasets/nuscenes/layout.hpp"

namespace siskin {

/// The LIDAR_TOP keyframes of a folder or a single file, see `findNuScenes`; a group per scene. A
/// scan has the fields "intensity" (0..255) and "ring" (0..31), a pose, and ground truth where
/// lidarseg has labels; its raw ids are those of `categories.hpp`. With `earlierScans` each
/// keyframe also holds that many scans before it (keyframes and sweeps, 20 a second), moved along
/// with the car, see `addEarlierScans`; there are fewer at the beginning of a scene and, with a
/// warning, where their files are missing. Nothing near the sensor is removed: those points have
/// labels.
class NuScenesReader final : public DatasetReader {
  public:
    /// Throws `DatasetError` when no frame is found, `ConfigError` without a class map.
    NuScenesReader(
        const std::filesystem::path& path,
        std::shared_ptr<const ClassMap> classMap,
        std::size_t earlierScans = 0
    );

    std::string title() const override;

    const std::vector<FrameInfo>& frames() const override { return infos_; }

    std::shared_ptr<const ClassMap> classMap() const override { return classMap_; }

    std::string_view benchmark() const override { return "nuscenes"; }

    double framesPerSecond() const override { return layout_.framesPerSecond; }

    std::vector<std::string> warnings() const override { return layout_.warnings; }

    /// Also throws when the numbers of points and labels differ.
    std::shared_ptr<const Scan> read(std::size_t index) const override;

  private:
    void addSweeps(Scan& scan, const NuScenesFrame& frame) const;

    NuScenesLayout layout_;
    std::size_t earlierScans_ = 0;
    std::vector<FrameInfo> infos_;
    std::shared_ptr<const ClassMap> classMap_;
};

} // namespace siskin
