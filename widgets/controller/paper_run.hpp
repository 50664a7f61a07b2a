// SPDX-License-Identifier: MIT
// The preset that runs the networks of the PVCNN paper side by side on what is on display.
#pragma once

#include <string>
#include <vector>

namespace siskin::ui {

class SessionController;

/// One network of the comparison in the session.
struct PaperEntry {
    int modelId = 0;
    std::string name; ///< as `PaperModel::name`
};

/// Whether what is on display is a shape or a room.
bool hasPaperModels(const SessionController& session);

/// Adds the networks that are not in the session yet and ticks these and no others. Needs
/// `hasPaperModels`; throws what `siskin::paperModels` throws.
std::vector<PaperEntry> selectPaperModels(SessionController& session);

} // namespace siskin::ui
