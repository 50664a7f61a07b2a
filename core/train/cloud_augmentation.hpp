// SPDX-License-Identifier: MIT
// Random changes to the clouds that a network learns from.
#pragma once

#include "core/base/split_mix.hpp"
#include "core/models/model_kind.hpp"

#include <torch/types.h>

#include <string>

namespace siskin {

/// Each can be switched off.
struct CloudAugmentation {
    /// Rooms: by a multiple of 90 degrees about z, since walls run along the axes.
    bool rotate = false;
    bool flip = false;   ///< half of the clouds: rooms y becomes -y, shapes z becomes -z
    bool scale = false;  ///< by U[0.9, 1.1], all axes alike
    bool jitter = false; ///< N(0, 0.01) clipped at 0.05 per coordinate; rooms half of that
    bool colour =
        false; ///< rooms: brightness and contrast; a tenth of the clouds lose their colour

    /// As published for shapes (jitter); everything for rooms.
    static CloudAugmentation usual(ModelTask task);
};

/// Any of rotate,flip,scale,jitter,colour, or "none"; empty = the usual. Throws `ConfigError`, also
/// for what a task does not have.
CloudAugmentation cloudAugmentationFromText(const std::string& text, ModelTask task);

/// Changes the rows of one cloud in place: float32 [n, C], channels as in models.md 4.3 (rooms, C =
/// 9) or 4.4 (shapes: x, y, z, then normals where C is 22). Draws the same number of random values
/// for the same switches.
void augmentCloud(
    const torch::Tensor& rows,
    ModelTask task,
    const CloudAugmentation& augmentation,
    SplitMix64& random
);

} // namespace siskin
