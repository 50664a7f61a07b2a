// SPDX-License-Identifier: MIT
// The values that workers hand to the GUI thread: immutable, shared, complete with their colours.
#pragma once

#include "core/report/scores.hpp"
#include "widgets/controller/services.hpp"
#include "widgets/scene/cloud_points.hpp"
#include "widgets/scene/colouring.hpp"

#include <QString>

#include <memory>
#include <optional>

namespace siskin::ui {

/// The frame on display.
struct LoadedFrame {
    std::size_t index = 0;
    FrameInfo info;
    std::shared_ptr<const Scan> scan;
    std::shared_ptr<const CloudPoints> cloud;
    std::shared_ptr<const Colouring> truth;     ///< null without labels
    std::shared_ptr<const Colouring> intensity; ///< null without that field
    std::shared_ptr<const Colouring> height;
    std::shared_ptr<const Colouring> colours; ///< null without colours of its own
};

/// What one model answered for the frame on display.
struct ModelOutcome {
    RunResult result;
    std::optional<Scores> scores; ///< empty without labels
    std::shared_ptr<const Colouring> prediction;
    std::shared_ptr<const Colouring> rightWrong; ///< null without labels
};

enum class ModelState { Loading, Ready, Failed };

/// One row of the model list.
struct ModelEntry {
    int id = 0;
    ModelSpec spec;
    QString label; ///< unique in the session
    ModelState state = ModelState::Loading;
    QString problem; ///< why it failed
    bool selected = true;
    std::shared_ptr<const LoadedModel> loaded;   ///< null until ready
    std::shared_ptr<const ModelOutcome> outcome; ///< null until run on this frame
};

/// Worker thread. Reads frame `index` and prepares everything that panes may show of it.
std::shared_ptr<const LoadedFrame> loadFrame(const DatasetReader& dataset, std::size_t index);

/// Worker thread. Runs a model and prepares its colours and scores.
std::shared_ptr<const ModelOutcome>
runModel(const LoadedModel& model, const Scan& scan, const RunOptions& options);

/// The label people see before a model is loaded, e.g. "SPVCNN - weights.pt".
QString provisionalLabel(const ModelSpec& spec);
/// "MinkUNet", "SPVCNN", "SPVNAS".
QString kindTitle(ModelKind kind);

} // namespace siskin::ui
