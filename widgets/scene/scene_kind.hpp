// SPDX-License-Identifier: MIT
// What is on display, as far as looking at it goes.
#pragma once

namespace siskin::ui {

enum class SceneKind {
    Street, ///< around a sensor near the origin, or of unknown kind; z up
    Room,   ///< closed above; z up
    Shape,  ///< one object; y up and facing -z, as ShapeNet has them
};

} // namespace siskin::ui
