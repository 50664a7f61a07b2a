// SPDX-License-Identifier: MIT
#include "core/train/cloud_augmentation.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace siskin {

namespace {

constexpr std::int64_t kShare = 6; ///< rooms: first channel of the place in the room

/// Rows of one cloud.
struct CloudRows {
    float* data;
    std::int64_t count;
    std::int64_t channels;

    template <typename Body>
    void forEach(const Body& body) const {
        for (std::int64_t i = 0; i < count; ++i) {
            body(data + i * channels);
        }
    }
};

/// (x, y) becomes (-y, x), and the shares of the room that they stand for follow.
void quarterTurn(const CloudRows& rows) {
    rows.forEach([](float* row) {
        std::swap(row[0], row[1]);
        row[0] = -row[0];
        std::swap(row[kShare], row[kShare + 1]);
        row[kShare] = 1.0F - row[kShare];
    });
}

void flipRoom(const CloudRows& rows) {
    rows.forEach([](float* row) {
        row[1] = -row[1];
        row[kShare + 1] = 1.0F - row[kShare + 1];
    });
}

void flipShape(const CloudRows& rows) {
    constexpr std::int64_t kWithNormals = 22;
    rows.forEach([&](float* row) {
        row[2] = -row[2];
        if (rows.channels == kWithNormals) {
            row[5] = -row[5];
        }
    });
}

void scale(const CloudRows& rows, float factor) {
    rows.forEach([&](float* row) {
        std::transform(row, row + 3, row, [factor](float value) { return value * factor; });
    });
}

void jitter(const CloudRows& rows, double deviation, SplitMix64& random) {
    const double limit = 5.0 * deviation;
    rows.forEach([&](float* row) {
        for (int axis = 0; axis < 3; ++axis) {
            const double offset = std::clamp(random.gaussian() * deviation, -limit, limit);
            row[axis] += static_cast<float>(offset);
        }
    });
}

void changeColours(const CloudRows& rows, SplitMix64& random) {
    constexpr double kLost = 0.1;
    const bool lost = random.uniform() < kLost;
    const auto contrast = static_cast<float>(random.uniform(0.8, 1.2));
    std::array<float, 3> shift{};
    for (float& value : shift) {
        value = static_cast<float>(random.uniform(-0.1, 0.1));
    }
    rows.forEach([&](float* row) {
        for (std::size_t c = 0; c < shift.size(); ++c) {
            float& value = row[3 + c];
            value =
                lost ? 0.5F : std::clamp((value - 0.5F) * contrast + 0.5F + shift[c], 0.0F, 1.0F);
        }
    });
}

} // namespace

CloudAugmentation CloudAugmentation::usual(ModelTask task) {
    return task == ModelTask::IndoorScene ? CloudAugmentation{true, true, true, true, true}
                                          : CloudAugmentation{.jitter = true};
}

CloudAugmentation cloudAugmentationFromText(const std::string& text, ModelTask task) {
    if (text.empty()) {
        return CloudAugmentation::usual(task);
    }
    CloudAugmentation result;
    if (text == "none") {
        return result;
    }
    const bool rooms = task == ModelTask::IndoorScene;
    std::istringstream stream(text);
    for (std::string name; std::getline(stream, name, ',');) {
        bool* target = name == "flip"              ? &result.flip
                       : name == "scale"           ? &result.scale
                       : name == "jitter"          ? &result.jitter
                       : rooms && name == "rotate" ? &result.rotate
                       : rooms && name == "colour" ? &result.colour
                                                   : nullptr;
        if (target == nullptr) {
            throw ConfigError(
                fmt::format("--augment: '{}' is not known for this network", name),
                rooms ? "any of rotate,flip,scale,jitter,colour, or none"
                      : "any of flip,scale,jitter, or none"
            );
        }
        *target = true;
    }
    return result;
}

void augmentCloud(
    const torch::Tensor& rows,
    ModelTask task,
    const CloudAugmentation& augmentation,
    SplitMix64& random
) {
    const bool room = task == ModelTask::IndoorScene;
    const CloudRows all{rows.data_ptr<float>(), rows.size(0), rows.size(1)};
    if (augmentation.rotate) {
        for (std::uint64_t turns = random.below(4); turns > 0; --turns) {
            quarterTurn(all);
        }
    }
    if (augmentation.flip && random.uniform() < 0.5) {
        room ? flipRoom(all) : flipShape(all);
    }
    if (augmentation.scale) {
        scale(all, static_cast<float>(random.uniform(0.9, 1.1)));
    }
    if (augmentation.jitter) {
        jitter(all, room ? 0.005 : 0.01, random);
    }
    if (augmentation.colour) {
        changeColours(all, random);
    }
}

} // namespace siskin
