// SPDX-License-Identifier: MIT
// All scans of the roof LiDAR, keyframes and the sweeps between them, each linked to the one
// before.
#pragma once

#include "datasets/nuscenes/json_records.hpp"
#include "datasets/rigid_motion.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace siskin {

/// From one frame into another: p -> R(rotation) p + translation.
struct NuScenesPose {
    std::array<double, 3> translation{}; ///< metres
    std::array<double, 4> rotation{};    ///< quaternion w, x, y, z; scaled to unit length when used

    Pose matrix() const;
};

/// The pose of a record of `ego_pose` or `calibrated_sensor`. Throws `DatasetError` when its
/// rotation is not about a unit quaternion.
NuScenesPose readPose(const JsonRecord& record);

/// A record of sample_data of LIDAR_TOP.
struct NuScenesLidarScan {
    static constexpr std::uint32_t kNone = 0xFFFFFFFF;

    std::uint32_t previous = kNone; ///< index in the chain; kNone at the beginning of a scene
    std::uint32_t calibration = 0;  ///< index of `NuScenesLidarChain::calibrations`
    std::int64_t timestamp = 0;     ///< microseconds
    NuScenesPose egoPose;           ///< car to world
    std::string file;               ///< relative to the root
};

struct NuScenesLidarChain {
    std::vector<NuScenesLidarScan> scans;
    std::vector<NuScenesPose> calibrations; ///< LIDAR_TOP to the car

    /// LIDAR_TOP to world.
    Pose pose(const NuScenesLidarScan& scan) const {
        return product(scan.egoPose.matrix(), calibrations[scan.calibration].matrix());
    }
};

/// Collects the chain while the tables stream by: `add` every LiDAR record of sample_data, `link`,
/// `addEgoPose` every record of ego_pose, `take`. The whole data set has some 340 000 scans, so
/// tokens have no memory blocks of their own, and stay only until they are linked.
class LidarChainBuilder {
  public:
    /// Reads token, prev, next, ego_pose_token, timestamp and filename of a record of sample_data,
    /// whose calibrated_sensor is `calibration`.
    void
    add(const JsonRecord& record, const std::string& calibration, const NuScenesPose& sensorToCar);

    /// Throws `DatasetError` with `sampleData` and the record for two records with one token, a
    /// `prev` or `next` that leads nowhere, a neighbour that does not lead back, and a `prev` that
    /// is not earlier (as in every chain that goes round in a circle).
    void link(const std::filesystem::path& sampleData);

    /// Index of the scan with that token, which was added.
    std::uint32_t indexOf(std::string_view token) const;

    /// Passes over those that no scan uses.
    void addEgoPose(const JsonRecord& record);

    /// Throws `DatasetError` with `egoPoses` when a scan got none.
    NuScenesLidarChain take(const std::filesystem::path& egoPoses);

  private:
    using Token = std::array<char, 32>; ///< 32 digits in the real tables; shorter ones end in zeros

    struct Links {
        Token token, previous, next;
        std::uint32_t scan = 0; ///< index of chain_.scans
        std::size_t record = 0; ///< in sample_data
    };

    struct EgoPoseOf {
        Token token;
        std::uint32_t scan = 0;
    };

    static Token tokenOf(const JsonRecord& record, std::string_view key);
    static Token pack(std::string_view text);
    static std::string text(const Token& token);
    const Links* find(const Token& token) const;
    std::string whyBrokenBackwards(const Links& one) const;
    std::string whyBrokenForwards(const Links& one) const;

    NuScenesLidarChain chain_;
    std::unordered_map<std::string, std::uint32_t> calibrations_;
    std::vector<Links> links_;        ///< by token, once linked
    std::vector<EgoPoseOf> egoPoses_; ///< by token, once linked
};

} // namespace siskin
