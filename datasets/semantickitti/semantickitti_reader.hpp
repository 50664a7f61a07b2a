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
/// one warning of the scan. With `earlierScans` each scan also holds that many before it (by their
/// numbers), moved along with the poses, see `addEarlierScans`; there are fewer at the beginning of
/// a sequence and, with a warning, where files are missing.
class SemanticKittiReader final : public DatasetReader {
  public:
    /// Throws `DatasetError` when no frame is found, or earlier scans are wanted and no sequence
    /// has poses; `ConfigError` without a class map.
    SemanticKittiReader(
        const std::filesystem::path& path,
        std::shared_ptr<const ClassMap> classMap,
        std::size_t earlierScans = 0
    );

    std::string title() const override;

    const std::vector<FrameInfo>& frames() const override { return infos_; }

    std::shared_ptr<const ClassMap> classMap() const override { return classMap_; }

    std::string_view benchmark() const override { return "semantickitti"; }

    /// From `times.txt` where there is one.
    double framesPerSecond() const override { return framesPerSecond_; }

    std::vector<std::string> warnings() const override { return layout_.warnings; }

    /// Also throws when the numbers of points and labels differ, and when earlier scans are wanted
    /// of a frame without a pose.
    std::shared_ptr<const Scan> read(std::size_t index) const override;

  private:
    /// What lies beside the scans of a sequence; empty where it does not.
    struct Trajectory {
        std::vector<Pose> poses;
        std::vector<double> times; ///< seconds since the first frame
    };

    void readTrajectories();
    void requirePoses();
    void readTrajectory(const std::filesystem::path& sequence);
    void measureFrameRate();
    const Trajectory& trajectoryOf(const SemanticKittiFrame& frame) const;
    void addPose(Scan& scan, const SemanticKittiFrame& frame) const;
    void addScansBefore(Scan& scan, const SemanticKittiFrame& frame) const;

    SemanticKittiLayout layout_;
    std::vector<FrameInfo> infos_;
    std::shared_ptr<const ClassMap> classMap_;
    std::size_t earlierScans_ = 0;
    std::map<std::filesystem::path, Trajectory> trajectories_; ///< by sequence folder
    double framesPerSecond_ = 10.0;
};

} // namespace siskin
