// SPDX-License-Identifier: MIT
// The networks that find the box of one object in a frustum, by name. Free of LibTorch.
#pragma once

#include <array>
#include <string_view>

namespace siskin {

enum class FrustumKind {
    PvcnnE,    ///< Frustum PVCNN-E (Liu et al., NeurIPS 2019)
    PointNet,  ///< Frustum PointNet v1 (Qi et al., CVPR 2018)
    PointNet2, ///< v2: PointNet++ for the segmentation and the box
};

inline constexpr std::array kFrustumKinds = {
    FrustumKind::PvcnnE, FrustumKind::PointNet, FrustumKind::PointNet2};

std::string_view toString(FrustumKind kind); ///< "pvcnn", "pointnet", "pointnet2"
std::string_view titleOf(FrustumKind kind);  ///< "Frustum PVCNN-E" ...
/// Throws `ConfigError` listing the known names.
FrustumKind frustumKindFromName(std::string_view name);

} // namespace siskin
