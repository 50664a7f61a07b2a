// SPDX-License-Identifier: MIT
// The networks for single objects by name. This header is free of LibTorch.
#pragma once

#include <array>
#include <string_view>

namespace siskin {

enum class ObjectNetworkKind {
    Pvcnn,    ///< two PVConvs at 8^3 and 4^3 voxels, then two point-wise layers
    PointNet, ///< point-wise layers only (Qi et al., CVPR 2017), without its transforms
    VoxelCnn, ///< dense 3D convolutions on 16^3 voxels of 5 cm (after VoxNet: Maturana, IROS 2015)
};

inline constexpr std::array kObjectNetworks = {
    ObjectNetworkKind::Pvcnn, ObjectNetworkKind::PointNet, ObjectNetworkKind::VoxelCnn};

std::string_view toString(ObjectNetworkKind kind); ///< "pvcnn", "pointnet", "voxelcnn"
std::string_view titleOf(ObjectNetworkKind kind);  ///< "PVCNN", "PointNet", "dense 3D CNN"
/// Throws `ConfigError` listing the known names.
ObjectNetworkKind objectNetworkFromName(std::string_view name);

/// In the metadata of a weight file: which of them it holds. The other keys are those of
/// `ModelMetadata`, without "siskin.model": nothing but clusters of points goes through these.
inline constexpr std::string_view kObjectModelKey = "siskin.object_model";

} // namespace siskin
