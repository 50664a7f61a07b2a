// SPDX-License-Identifier: MIT
#include "core/models/frustum_kind.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

namespace siskin {

std::string_view toString(FrustumKind kind) {
    switch (kind) {
    case FrustumKind::PvcnnE:
        return "pvcnn";
    case FrustumKind::PointNet:
        return "pointnet";
    case FrustumKind::PointNet2:
        break;
    }
    return "pointnet2";
}

std::string_view titleOf(FrustumKind kind) {
    switch (kind) {
    case FrustumKind::PvcnnE:
        return "Frustum PVCNN-E";
    case FrustumKind::PointNet:
        return "Frustum PointNet";
    case FrustumKind::PointNet2:
        break;
    }
    return "Frustum PointNet++";
}

FrustumKind frustumKindFromName(std::string_view name) {
    for (const auto kind : kFrustumKinds) {
        if (toString(kind) == name) {
            return kind;
        }
    }
    throw ConfigError(
        fmt::format("unknown frustum network '{}'", name), "known ones: pvcnn, pointnet, pointnet2"
    );
}

} // namespace siskin
