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

constexpr std::array<KindName, 3> kKindNames = {{
    {ModelKind::MinkUNet, "minkunet", "MinkUNet"},
    {ModelKind::Spvcnn, "spvcnn", "SPVCNN"},
    {ModelKind::Spvnas, "spvnas", "SPVNAS"},
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
        fmt::format("unknown model '{}'", name), "known models: minkunet, spvcnn, spvnas"
    );
}

} // namespace siskin
