// SPDX-License-Identifier: MIT
// Random changes to a scan that leave its labels true.
#pragma once

#include "core/base/split_mix.hpp"
#include "core/scan/scan.hpp"

#include <string>
#include <vector>

namespace siskin {

/// Each can be switched off. Rotation and scale as SPVNAS trained (models.md 4.1).
struct Augmentation {
    bool rotate = true; ///< about z by U[0, 2 pi)
    bool scale = true;  ///< by U[0.95, 1.05], all axes alike
    bool flip = true;   ///< half of the scans: y becomes -y
    bool jitter = true; ///< intensity times U[0.9, 1.1], plus N(0, 0.01), kept >= 0

    /// Of a scan with too many voxels take those nearest to a random one, as dense as they are, and
    /// not a random subset, which thins it out.
    bool crop = false;

    static Augmentation none() { return {false, false, false, false, false}; }
};

/// Any of rotate,scale,flip,jitter,crop, or "none". Throws `ConfigError`.
Augmentation augmentationFromText(const std::string& text);

/// What happens to the positions of one scan: row vector times this, row-major 3 x 3.
using Matrix3 = std::array<float, 9>;

/// Draws the same number of random values whatever is switched on.
Matrix3 drawTransform(const Augmentation& augmentation, SplitMix64& random);

/// A changed copy; labels, other fields and the order of the points stay.
Scan augment(const Scan& scan, const Augmentation& augmentation, SplitMix64& random);

} // namespace siskin
