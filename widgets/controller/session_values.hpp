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
#include <vector>

namespace siskin::ui {

/// The frame on display.
struct LoadedFrame {
    std::size_t index = 0;
    ModelTask task = ModelTask::LidarScene; ///< what may be asked of a network about it
    std::vector<ClassId> classes;           ///< that it may hold: all, or the parts of its category
    FrameInfo info;
    std::shared_ptr<const Scan> scan;
    std::shared_ptr<const CloudPoints> cloud;
    std::shared_ptr<const Colouring> truth;     ///< null without labels
    std::shared_ptr<const Colouring> intensity; ///< null without that field
    std::shared_ptr<const Colouring> height;
    std::shared_ptr<const Colouring> colours; ///< null without colours of its own
    std::shared_ptr<const Colouring> normals; ///< null without normals
};

/// What one model answered for the frame on display.
struct ModelOutcome {
    RunResult result;
    std::optional<Scores> scores;   ///< empty without labels
    std::vector<ClassId> legendIds; ///< for each class of the model the data set's class
    std::shared_ptr<const Colouring> prediction;
    std::shared_ptr<const Colouring> rightWrong; ///< null without labels
};

/// Worker thread. Reads frame `index` and prepares everything that panes may show of it.
std::shared_ptr<const LoadedFrame> loadFrame(const DatasetReader& dataset, std::size_t index);

/// Worker thread. Runs a model and prepares its colours and scores. `legend`: the classes whose
/// switches the points obey, those of the data set; null = the model's own.
std::shared_ptr<const ModelOutcome> runModel(
    const LoadedModel& model, const Scan& scan, const ClassMap* legend, const RunOptions& options
);

/// For each class of `from` the class of `to` with the same name; `kIgnored` where there is none.
std::vector<ClassId> sameClasses(const ClassMap& from, const ClassMap& to);

} // namespace siskin::ui
