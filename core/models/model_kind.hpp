// SPDX-License-Identifier: MIT
// The LiDAR networks by name. This header is free of LibTorch.
#pragma once

#include <string_view>

namespace siskin {

enum class ModelKind { MinkUNet, Spvcnn, Spvnas };

std::string_view toString(ModelKind kind); ///< "minkunet", "spvcnn", "spvnas"
std::string_view titleOf(ModelKind kind);  ///< "MinkUNet", "SPVCNN", "SPVNAS"
/// Throws `ConfigError` listing the known names.
ModelKind modelKindFromName(std::string_view name);

} // namespace siskin
