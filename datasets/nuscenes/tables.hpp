// SPDX-License-Identifier: MIT
// The JSON tables of nuScenes, as far as LiDAR frames need them (nuScenes schema, v1.0).
#pragma once

#include "datasets/nuscenes/lidar_chain.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace siskin {

using Token = std::string;

struct NuScenesScene {
    Token token;
    std::string name;
    Token firstSample;
    std::int64_t samples = 0; ///< nbr_samples
};

struct NuScenesSample {
    Token scene;
    Token next;                 ///< empty at the end of the scene
    std::int64_t timestamp = 0; ///< microseconds
};

/// A keyframe of LIDAR_TOP.
struct NuScenesKeyframe {
    Token token;
    Token egoPose;
    Token calibratedSensor;
    std::string file;                              ///< relative to the root
    std::uint32_t scan = NuScenesLidarScan::kNone; ///< index of `NuScenesTables::chain`, if read
};

struct NuScenesTables {
    std::vector<NuScenesScene> scenes; ///< in the order of the table
    std::unordered_map<Token, NuScenesSample> samples;
    std::unordered_map<Token, NuScenesKeyframe> keyframes; ///< by sample
    std::unordered_map<Token, NuScenesPose> calibrations;  ///< LIDAR_TOP to the car
    std::unordered_map<Token, NuScenesPose> egoPoses;      ///< car to world, of the keyframes
    std::unordered_map<Token, std::string> labelFiles;     ///< by keyframe, relative to the root
    NuScenesLidarChain chain;                              ///< empty unless it was asked for
    /// Number in the label files -> category name; nothing when the table has no numbers.
    std::map<std::uint32_t, std::string> categories;
};

/// Reads `<folder>/*.json`, `withSweeps` also the scans between the keyframes and their links.
/// Throws `DatasetError` naming file, record and key for a missing or malformed table, a record
/// without its token and for keys that lead nowhere. `lidarseg` and `category` may be missing: then
/// there are no labels.
NuScenesTables readNuScenesTables(const std::filesystem::path& folder, bool withSweeps);

} // namespace siskin
