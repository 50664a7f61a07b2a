// SPDX-License-Identifier: MIT
// The bridge from looking to batch work: the command that repeats what the window did.
#pragma once

#include "core/run/pipeline.hpp"

#include <QString>

#include <string>
#include <vector>

namespace siskin::ui {

/// Which frame of which data set a command runs on.
struct CommandFrame {
    QString dataset; ///< as it was opened: folder, file or "demo:street"
    QString frameId; ///< empty when the data set is a single file
};

/// One `siskin run` command for all models, quoted for a POSIX shell.
QString commandText(
    const CommandFrame& frame, const std::vector<ModelSpec>& models, const std::string& region
);

/// Quotes `text` for a POSIX shell when it needs it.
QString shellQuoted(const QString& text);

} // namespace siskin::ui
