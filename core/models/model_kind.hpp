// SPDX-License-Identifier: MIT
// The networks by name, and what each is for. This header is free of LibTorch.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace siskin {

enum class ModelKind {
    MinkUNet,
    Spvcnn,
    Spvnas,
    Pvcnn,
    Pvcnn2, ///< PVCNN++
    PointNet,
    PointNet2Ssg, ///< PointNet++, single-scale grouping
    PointNet2Msg, ///< PointNet++, multi-scale grouping
    Dgcnn,
};

inline constexpr std::array kModelKinds = {
    ModelKind::MinkUNet,
    ModelKind::Spvcnn,
    ModelKind::Spvnas,
    ModelKind::Pvcnn,
    ModelKind::Pvcnn2,
    ModelKind::PointNet,
    ModelKind::PointNet2Ssg,
    ModelKind::PointNet2Msg,
    ModelKind::Dgcnn};

/// What a network labels: it decides what a scan must hold and how it is cut up.
enum class ModelTask {
    LidarScene,  ///< a LiDAR scan, voxel by voxel (models.md 4.1)
    ShapeParts,  ///< one object of a known category (models.md 4.4)
    IndoorScene, ///< a coloured room, block by block (models.md 4.3)
};

std::string_view toString(ModelKind kind); ///< "minkunet" ... "pvcnn", "pvcnn2", "pointnet2msg"
std::string_view titleOf(ModelKind kind);  ///< "MinkUNet" ... "PVCNN", "PVCNN++", "PointNet++ MSG"
/// Throws `ConfigError` listing the known names.
ModelKind modelKindFromName(std::string_view name);
std::string knownModelKinds(); ///< "minkunet, spvcnn, ..."

/// Whether it works on clouds (`PointNetwork`), not on the voxels of a LiDAR scan (`Network`).
bool isPointModel(ModelKind kind);

/// Whether the network is known for the task; LiDAR networks for LiDAR scenes only.
bool existsFor(ModelKind kind, ModelTask task);

/// The task that a class map belongs to: "shapenetpart" shape parts, "s3dis..." indoor scenes, all
/// others LiDAR scenes.
ModelTask taskOfClasses(std::string_view classMap);

} // namespace siskin
