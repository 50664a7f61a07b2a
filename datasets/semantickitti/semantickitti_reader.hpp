// SPDX-License-Identifier: MIT
// SemanticKITTI (Behley et al., ICCV 2019) on top of KITTI odometry: https://semantic-kitti.org
#pragma once

#include "core/scan/dataset_reader.hpp"
#include "datasets/semantickitti/layout.hpp"
#include "datasets/semantickitti/poses.hpp"

#include <map>

namespace siskin {

/// Frames of a folder or a single file, see `findSemanticKitti`. A scan has the field "intensity"
/// (remission, 0..1), ground truth where a label file exists, and a pose where the sequence has a
/// readable trajectory. Raw class ids that the class map does not know become ignored points and
/// one warning of the scan.
class SemanticKittiReader final : public DatasetReader {
  public:
    /// Throws `DatasetError` when no frame is found, `ConfigError` without a class map.
    SemanticKittiReader(
        const std::filesystem::path& path, std::shared_ptr<const ClassMap> classMap
    );

    std::string title() const override;

    const std::vector<FrameInfo>& frames() const override { return infos_; }

    std::shared_ptr<const ClassMap> classMap() const override { return classMap_; }

    std::vector<std::string> warnings() const override { return layout_.warnings; }

    /// Also throws when the numbers of points and labels differ.
    std::shared_ptr<const Scan> read(std::size_t index) const override;

  private:
    void readTrajectories();
    void addPose(Scan& scan, const SemanticKittiFrame& frame) const;

    SemanticKittiLayout layout_;
    std::vector<FrameInfo> infos_;
    std::shared_ptr<const ClassMap> classMap_;
    std::map<std::filesystem::path, std::vector<Pose>> trajectories_; ///< by sequence folder
};

} // namespace siskin
