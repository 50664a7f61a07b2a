// SPDX-License-Identifier: MIT
// Plays for a while and prints, as one line, how well the window kept up and what a frame cost.
#pragma once

#include <functional>

namespace siskin::ui {
class WorkbenchWindow;
}

namespace siskin::workbench {

/// Starts playing (looping) and returns; after `seconds` prints the line to standard output and
/// calls `done`, with the last frame still on the screen. GUI thread.
void measurePlaying(ui::WorkbenchWindow& window, double seconds, const std::function<void()>& done);

} // namespace siskin::workbench
