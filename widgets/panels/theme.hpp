// SPDX-License-Identifier: MIT
// The dark, calm look of the whole window, and the accents that tell models apart.
#pragma once

#include <QColor>

class QApplication;

namespace siskin::ui {

namespace theme {

inline constexpr QColor kBackground{20, 22, 27};
inline constexpr QColor kPanel{28, 31, 38};
inline constexpr QColor kStrip{36, 40, 49};
inline constexpr QColor kLine{54, 60, 72};
inline constexpr QColor kText{226, 230, 237};
inline constexpr QColor kQuiet{146, 154, 168};
inline constexpr QColor kHighlight{64, 128, 196};
inline constexpr QColor kTrouble{150, 58, 48};
inline constexpr QColor kCaution{214, 164, 60};
inline constexpr QColor kNeutralAccent{120, 128, 142};

} // namespace theme

/// Sets style, palette and style sheet of the application. Call once, before any window.
void applyTheme(QApplication& application);

/// The accent of the n-th model of the session; repeats after eight.
QColor modelAccent(std::size_t position);

} // namespace siskin::ui
