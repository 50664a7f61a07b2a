// SPDX-License-Identifier: MIT
// Turns classes, right/wrong answers and plain numbers into one colour per point.
#pragma once

#include "core/scan/scan.hpp"
#include "widgets/scene/scene_kind.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace siskin::ui {

/// Blue against orange differs in hue for every common colour vision and in brightness for all.
inline constexpr Colour kRightColour{88, 148, 226};
inline constexpr Colour kWrongColour{255, 168, 38};
inline constexpr Colour kNotScoredColour{104, 106, 112};

/// One colour per point, and the class whose visibility switch the point obeys.
struct Colouring {
    std::vector<Colour> colours;                ///< N
    std::vector<ClassId> switchIds;             ///< N, or empty: every point is always visible
    std::optional<std::array<double, 2>> range; ///< of the values, where colours stand for values
    std::int64_t right = 0;                     ///< right/wrong map only: points
    std::int64_t wrong = 0;
    std::int64_t notScored = 0;
};

/// The colour a class is drawn in: its own, but never too dark for a dark background.
Colour displayColour(const ClassMap& classMap, ClassId id);

/// Position of the colour ramp (dark blue to pale yellow, brightness rising evenly), t in 0..1.
Colour rampColour(double t);

/// All functions: any thread, linear in the number of points.
std::shared_ptr<const Colouring>
colourByClass(std::span<const ClassId> ids, const ClassMap& classMap);
/// Points whose ground truth is `kIgnored` are not scored. Both spans have N entries.
std::shared_ptr<const Colouring>
colourRightWrong(std::span<const ClassId> truth, std::span<const ClassId> predicted);
/// Colours numbers between their 2nd and 98th percentile. `switchIds` may be empty.
std::shared_ptr<const Colouring>
colourByValue(std::span<const float> values, std::span<const ClassId> switchIds);
/// Colours the z coordinate, of shapes the y coordinate.
std::shared_ptr<const Colouring> colourByHeight(
    const Scan& scan, std::span<const ClassId> switchIds, SceneKind kind = SceneKind::Street
);

/// The scan's own colours; null without a field "rgb" of 3 channels.
std::shared_ptr<const Colouring>
colourByColour(const Scan& scan, std::span<const ClassId> switchIds);

/// x, y and z of the normal as red, green and blue, -1 .. 1 as 0 .. 255; null without a field
/// "normal" of 3 channels.
std::shared_ptr<const Colouring>
colourByNormal(const Scan& scan, std::span<const ClassId> switchIds);

} // namespace siskin::ui
