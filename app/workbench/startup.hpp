// SPDX-License-Identifier: MIT
// From the command line to a running window.
#pragma once

#include "app/workbench/options.hpp"

namespace siskin::ui {
class WorkbenchWindow;
}

namespace siskin::workbench {

/// Before the QApplication. Throws `DeviceError` when no display is named in the environment, and
/// from then on turns Qt's abort for an unreachable display into one line and exit code 4.
void prepareDisplay();

/// After the QApplication. Throws `DeviceError` when the display cannot draw 3D.
void checkDisplay();

/// Opens, adds and runs what the options name; with --play or --screenshot the
/// application ends by itself.
void start(ui::WorkbenchWindow& window, const Options& options);

} // namespace siskin::workbench
