// SPDX-License-Identifier: MIT
#include "core/models/model_kind.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace siskin {

namespace {

struct KindName {
    ModelKind kind;
    std::string_view name;
    std::string_view title;
};

constexpr std::array<KindName, kModelKinds.size()> kKindNames = {{
    {ModelKind::MinkUNet, "minkunet", "MinkUNet"},
    {ModelKind::Spvcnn, "spvcnn", "SPVCNN"},
    {ModelKind::Spvnas, "spvnas", "SPVNAS"},
    {ModelKind::Pvcnn, "pvcnn", "PVCNN"},
    {ModelKind::Pvcnn2, "pvcnn2", "PVCNN++"},
    {ModelKind::PointNet, "pointnet", "PointNet"},
    {ModelKind::PointNet2Ssg, "pointnet2ssg", "PointNet++ SSG"},
    {ModelKind::PointNet2Msg, "pointnet2msg", "PointNet++ MSG"},
    {ModelKind::Dgcnn, "dgcnn", "DGCNN"},
}};

const KindName& namesOf(ModelKind kind) {
    return *std::find_if(kKindNames.begin(), kKindNames.end(), [kind](const KindName& known) {
        return known.kind == kind;
    });
}

} // namespace

std::string_view toString(ModelKind kind) {
    return namesOf(kind).name;
}

std::string_view titleOf(ModelKind kind) {
    return namesOf(kind).title;
}

ModelKind modelKindFromName(std::string_view name) {
    for (const auto& candidate : kKindNames) {
        if (candidate.name == name) {
            return candidate.kind;
        }
    }
    throw ConfigError(
        fmt::format("unknown model '{}'", name), fmt::format("known models: {}", knownModelKinds())
    );
}

std::string knownModelKinds() {
    std::string names;
    for (const auto& known : kKindNames) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", known.name);
    }
    return names;
}

bool isPointModel(ModelKind kind) {
    return kind != ModelKind::MinkUNet && kind != ModelKind::Spvcnn && kind != ModelKind::Spvnas;
}

bool existsFor(ModelKind kind, ModelTask task) {
    switch (task) {
    case ModelTask::LidarScene:
        return !isPointModel(kind);
    case ModelTask::ShapeParts:
        return isPointModel(kind) && kind != ModelKind::Pvcnn2 && kind != ModelKind::Dgcnn;
    case ModelTask::IndoorScene:
        break;
    }
    return isPointModel(kind) && kind != ModelKind::PointNet2Ssg && kind != ModelKind::PointNet2Msg;
}

ModelTask taskOfClasses(std::string_view classMap) {
    return classMap == "shapenetpart"      ? ModelTask::ShapeParts
           : classMap.starts_with("s3dis") ? ModelTask::IndoorScene
                                           : ModelTask::LidarScene;
}

} // namespace siskin
