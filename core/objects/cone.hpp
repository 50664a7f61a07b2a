// SPDX-License-Identifier: MIT
// Traffic cones of a driverless race track, as Formula Student Germany's handbook describes them.
#pragma once

#include "core/scan/scan.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace siskin {

/// What a cluster of points can be. The left edge of a track is blue, the right one yellow; small
/// orange cones mark entry and exit, big ones the start line.
enum class ConeKind : std::uint8_t { Blue, Yellow, Orange, BigOrange, None };

inline constexpr std::array kConeKinds = {
    ConeKind::Blue, ConeKind::Yellow, ConeKind::Orange, ConeKind::BigOrange};

/// Number of classes of an object network: the kinds and "none".
inline constexpr std::size_t kObjectClasses = kConeKinds.size() + 1;

struct ConeSize {
    float width;  ///< of the square foot, metres
    float height; ///< metres
};

inline ConeSize sizeOf(ConeKind kind) noexcept {
    return kind == ConeKind::BigOrange ? ConeSize{0.285F, 0.505F} : ConeSize{0.228F, 0.325F};
}

std::string_view toString(ConeKind kind); ///< "blue", "yellow", "orange", "big_orange", "none"

/// Empty for an unknown name.
std::optional<ConeKind> coneKindFromName(std::string_view name) noexcept;

/// For pictures, sRGB.
Colour colourOf(ConeKind kind) noexcept;

/// A cone that is there.
struct Cone {
    ConeKind kind = ConeKind::Blue;
    Vec3f base{};               ///< middle of its foot on the ground, metres, sensor frame
    std::uint32_t instance = 0; ///< number that its points carry; 0: none do
    std::uint32_t points = 0;   ///< of the scan that lie on it
};

} // namespace siskin
