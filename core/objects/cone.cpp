// SPDX-License-Identifier: MIT
#include "core/objects/cone.hpp"

namespace siskin {

namespace {

constexpr std::array<std::string_view, kObjectClasses> kNames = {
    "blue", "yellow", "orange", "big_orange", "none"};
constexpr std::array<Colour, kObjectClasses> kColours = {
    {{66, 133, 244}, {250, 214, 40}, {245, 140, 50}, {214, 70, 40}, {150, 150, 150}}};

} // namespace

std::string_view toString(ConeKind kind) {
    return kNames[static_cast<std::size_t>(kind)];
}

std::optional<ConeKind> coneKindFromName(std::string_view name) noexcept {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i] == name) {
            return static_cast<ConeKind>(i);
        }
    }
    return std::nullopt;
}

Colour colourOf(ConeKind kind) noexcept {
    return kColours[static_cast<std::size_t>(kind)];
}

} // namespace siskin
