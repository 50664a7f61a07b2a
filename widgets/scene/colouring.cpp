// SPDX-License-Identifier: MIT
#include "widgets/scene/colouring.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace siskin::ui {

namespace {

constexpr double kLowPercentile = 0.02;
constexpr double kHighPercentile = 0.98;

std::array<double, 2> percentileRange(std::span<const float> values) {
    std::vector<float> finite;
    finite.reserve(values.size());
    std::copy_if(values.begin(), values.end(), std::back_inserter(finite), [](float value) {
        return std::isfinite(value);
    });
    if (finite.empty()) {
        return {0.0, 0.0};
    }
    const auto at = [&finite](double fraction) {
        const auto last = static_cast<double>(finite.size() - 1);
        const auto position =
            finite.begin() + static_cast<std::ptrdiff_t>(std::round(fraction * last));
        std::nth_element(finite.begin(), position, finite.end());
        return static_cast<double>(*position);
    };
    return {at(kLowPercentile), at(kHighPercentile)};
}

/// Three values per point as red, green and blue: `scale` * value + `offset`; null without such a
/// field.
std::shared_ptr<const Colouring> colourByTriples(
    const Scan& scan,
    std::string_view name,
    float scale,
    float offset,
    std::span<const ClassId> switchIds
) {
    constexpr std::size_t kChannels = 3;
    const PointField* field = scan.field(name);
    if (field == nullptr || field->values.size() != kChannels * scan.pointCount()) {
        return nullptr;
    }
    auto result = std::make_shared<Colouring>();
    result->colours.resize(scan.pointCount());
    for (std::size_t i = 0; i < field->values.size(); ++i) {
        const float value = scale * field->values[i] + offset;
        const float kept = value > 0.0F ? std::min(value, 255.0F) : 0.0F; // NaN is 0
        result->colours[i / kChannels][i % kChannels] =
            static_cast<std::uint8_t>(std::lround(kept));
    }
    result->switchIds.assign(switchIds.begin(), switchIds.end());
    return result;
}

} // namespace

Colour displayColour(const ClassMap& classMap, ClassId id) {
    constexpr int kDarkest = 120; // sum of the channels that still shows on the background
    const Colour colour = classMap.info(id).colour;
    return colour[0] + colour[1] + colour[2] < kDarkest ? kNotScoredColour : colour;
}

Colour rampColour(double t) {
    // Anchors chosen so that brightness rises evenly and blue/yellow carries the hue, which keeps
    // the ramp readable for red-green colour blindness.
    static constexpr std::array<std::array<double, 3>, 6> kAnchors{{
        {40, 52, 110},
        {58, 92, 150},
        {96, 124, 150},
        {150, 152, 136},
        {208, 188, 104},
        {255, 234, 92},
    }};
    if (!(t > 0.0)) {
        t = 0.0; // also NaN
    }
    const double scaled = std::min(t, 1.0) * static_cast<double>(kAnchors.size() - 1);
    const auto index = std::min(static_cast<std::size_t>(scaled), kAnchors.size() - 2);
    const double weight = scaled - static_cast<double>(index);
    Colour colour{};
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const double value =
            (1.0 - weight) * kAnchors[index][channel] + weight * kAnchors[index + 1][channel];
        colour[channel] = static_cast<std::uint8_t>(std::lround(value));
    }
    return colour;
}

std::shared_ptr<const Colouring>
colourByClass(std::span<const ClassId> ids, const ClassMap& classMap) {
    std::array<Colour, 256> palette{};
    for (std::size_t id = 0; id < palette.size(); ++id) {
        palette[id] = displayColour(classMap, static_cast<ClassId>(id));
    }
    auto result = std::make_shared<Colouring>();
    result->colours.reserve(ids.size());
    for (const ClassId id : ids) {
        result->colours.push_back(palette[id]);
    }
    result->switchIds.assign(ids.begin(), ids.end());
    return result;
}

std::shared_ptr<const Colouring>
colourRightWrong(std::span<const ClassId> truth, std::span<const ClassId> predicted) {
    auto result = std::make_shared<Colouring>();
    const std::size_t count = std::min(truth.size(), predicted.size());
    result->colours.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (truth[i] == kIgnored) {
            result->colours.push_back(kNotScoredColour);
            ++result->notScored;
        } else if (truth[i] == predicted[i]) {
            result->colours.push_back(kRightColour);
            ++result->right;
        } else {
            result->colours.push_back(kWrongColour);
            ++result->wrong;
        }
    }
    result->switchIds.assign(truth.begin(), truth.end());
    return result;
}

std::shared_ptr<const Colouring>
colourByValue(std::span<const float> values, std::span<const ClassId> switchIds) {
    auto result = std::make_shared<Colouring>();
    const auto range = percentileRange(values);
    const double extent = range[1] - range[0];
    result->range = range;
    result->colours.reserve(values.size());
    // A table, because playing colours a million points a second.
    constexpr double kSteps = 1000.0;
    static const std::vector<Colour> kRamp = [] {
        std::vector<Colour> ramp;
        for (double step = 0.0; step <= kSteps; ++step) {
            ramp.push_back(rampColour(step / kSteps));
        }
        return ramp;
    }();
    for (const float value : values) {
        const double t = extent > 0.0 ? (static_cast<double>(value) - range[0]) / extent : 0.5;
        const double step = t > 0.0 ? std::min(t, 1.0) * kSteps + 0.5 : 0.0; // NaN is 0
        result->colours.push_back(kRamp[static_cast<std::size_t>(step)]);
    }
    result->switchIds.assign(switchIds.begin(), switchIds.end());
    return result;
}

std::shared_ptr<const Colouring>
colourByHeight(const Scan& scan, std::span<const ClassId> switchIds, SceneKind kind) {
    const std::size_t up = kind == SceneKind::Shape ? 1 : 2;
    std::vector<float> heights;
    heights.reserve(scan.positions.size());
    for (const auto& position : scan.positions) {
        heights.push_back(position[up]);
    }
    return colourByValue(heights, switchIds);
}

std::shared_ptr<const Colouring>
colourByColour(const Scan& scan, std::span<const ClassId> switchIds) {
    return colourByTriples(scan, "rgb", 1.0F, 0.0F, switchIds);
}

std::shared_ptr<const Colouring>
colourByNormal(const Scan& scan, std::span<const ClassId> switchIds) {
    constexpr float kHalf = 127.5F;
    return colourByTriples(scan, "normal", kHalf, kHalf, switchIds);
}

} // namespace siskin::ui
