// SPDX-License-Identifier: MIT
#include "core/models/object_network_kind.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

namespace siskin {

namespace {

struct KindName {
    ObjectNetworkKind kind;
    std::string_view name;
    std::string_view title;
};

constexpr std::array<KindName, kObjectNetworks.size()> kKindNames = {{
    {ObjectNetworkKind::Pvcnn, "pvcnn", "PVCNN"},
    {ObjectNetworkKind::PointNet, "pointnet", "PointNet"},
    {ObjectNetworkKind::VoxelCnn, "voxelcnn", "dense 3D CNN"},
}};

} // namespace

std::string_view toString(ObjectNetworkKind kind) {
    return kKindNames[static_cast<std::size_t>(kind)].name;
}

std::string_view titleOf(ObjectNetworkKind kind) {
    return kKindNames[static_cast<std::size_t>(kind)].title;
}

ObjectNetworkKind objectNetworkFromName(std::string_view name) {
    std::string known;
    for (const auto& candidate : kKindNames) {
        if (candidate.name == name) {
            return candidate.kind;
        }
        known += fmt::format("{}{}", known.empty() ? "" : ", ", candidate.name);
    }
    throw ConfigError(
        fmt::format("unknown network for objects '{}'", name),
        fmt::format("known networks: {}", known)
    );
}

} // namespace siskin
