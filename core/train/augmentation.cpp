// SPDX-License-Identifier: MIT
#include "core/train/augmentation.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace siskin {

Augmentation augmentationFromText(const std::string& text) {
    auto result = Augmentation::none();
    if (text == "none") {
        return result;
    }
    std::istringstream words(text);
    for (std::string word; std::getline(words, word, ',');) {
        bool* flag = word == "rotate"   ? &result.rotate
                     : word == "scale"  ? &result.scale
                     : word == "flip"   ? &result.flip
                     : word == "jitter" ? &result.jitter
                     : word == "crop"   ? &result.crop
                                        : nullptr;
        if (flag == nullptr) {
            throw ConfigError(
                fmt::format("unknown augmentation '{}'", word),
                "give some of rotate,scale,flip,jitter,crop, or none"
            );
        }
        *flag = true;
    }
    return result;
}

Matrix3 drawTransform(const Augmentation& augmentation, SplitMix64& random) {
    const double turn = random.uniform(0.0, 2.0 * std::numbers::pi);
    const double factor = random.uniform(0.95, 1.05);
    const bool mirrored = random.uniform() < 0.5;
    const double angle = augmentation.rotate ? turn : 0.0;
    const double scale = augmentation.scale ? factor : 1.0;
    const double side = augmentation.flip && mirrored ? -1.0 : 1.0;
    const auto c = static_cast<float>(scale * std::cos(angle));
    const auto s = static_cast<float>(scale * std::sin(angle));
    const auto sideFloat = static_cast<float>(side);
    // First the flip of y, then the rotation.
    return {c, s, 0.0F, -s * sideFloat, c * sideFloat, 0.0F, 0.0F, 0.0F, static_cast<float>(scale)};
}

Scan augment(const Scan& scan, const Augmentation& augmentation, SplitMix64& random) {
    Scan changed = scan;
    const auto m = drawTransform(augmentation, random);
    for (auto& p : changed.positions) {
        p = {
            p[0] * m[0] + p[1] * m[3] + p[2] * m[6],
            p[0] * m[1] + p[1] * m[4] + p[2] * m[7],
            p[0] * m[2] + p[1] * m[5] + p[2] * m[8]};
    }
    const auto intensity =
        std::find_if(changed.fields.begin(), changed.fields.end(), [](const PointField& field) {
            return field.name == "intensity";
        });
    if (augmentation.jitter && intensity != changed.fields.end()) {
        const double gain = random.uniform(0.9, 1.1);
        for (auto& value : intensity->values) {
            value = static_cast<float>(std::max(0.0, value * gain + 0.01 * random.gaussian()));
        }
    }
    return changed;
}

} // namespace siskin
