// SPDX-License-Identifier: MIT
// One model of the session: what it is called, whether it fits what is on display, what it said.
#pragma once

#include "widgets/controller/session_values.hpp"

#include <QString>

#include <memory>
#include <vector>

namespace siskin::ui {

enum class ModelState { Loading, Ready, Failed };

/// One row of the model list.
struct ModelEntry {
    int id = 0;
    ModelSpec spec;
    QString label; ///< unique in the session
    ModelState state = ModelState::Loading;
    QString problem; ///< why it could not be loaded, or failed on this frame
    QString refusal; ///< why it cannot label this frame; empty when it can
    bool selected = true;
    std::shared_ptr<const LoadedModel> loaded;   ///< null until ready
    std::shared_ptr<const ModelOutcome> outcome; ///< null until run on this frame

    /// Takes part in a run on this frame.
    bool takesPart() const { return selected && loaded && refusal.isEmpty(); }
};

/// Null when there is no such model.
ModelEntry* findModel(std::vector<ModelEntry>& models, int id);

/// `wanted`, or "wanted (2)", "wanted (3)" ... when another than `ownId` is called so.
QString uniqueLabel(const std::vector<ModelEntry>& models, const QString& wanted, int ownId);

/// Why nothing would run on that frame (null: none is shown), as a line; empty when something
/// would, or might once it is loaded or the frame that is being read is there.
QString
whyNothingRuns(const std::vector<ModelEntry>& models, const LoadedFrame* frame, bool reading);

/// The label people see before a model is loaded, e.g. "SPVCNN - weights.pt".
QString provisionalLabel(const ModelSpec& spec);
/// "MinkUNet" ... "PVCNN++" ...
QString kindTitle(ModelKind kind);
/// "LiDAR scan", "shape", "room": what a network of that task labels.
QString taskNoun(ModelTask task);
/// Why no network of that kind does that task, as half a line; empty when there are some.
QString kindRefusal(ModelKind kind, ModelTask task);

} // namespace siskin::ui
