// SPDX-License-Identifier: MIT
// What a pane can show of a session, and the figures that belong to it. Plain functions of the
// session's state, so that every pane and every test sees the same.
#pragma once

#include "widgets/panels/stat_strip.hpp"
#include "widgets/scene/cloud_points.hpp"
#include "widgets/scene/colouring.hpp"

#include <QString>

#include <memory>
#include <vector>

namespace siskin::ui {

class SessionController;

enum class ContentKind { GroundTruth, Prediction, RightWrong, Intensity, Height, Colour };

struct PaneContent {
    ContentKind kind = ContentKind::GroundTruth;
    int modelId = 0; ///< for predictions and right/wrong maps

    bool operator==(const PaneContent&) const = default;
};

/// One entry of a pane's chooser.
struct ContentChoice {
    PaneContent content;
    QString title; ///< "Ground truth", "Prediction - SPVCNN cr 0.25"

    bool operator==(const ContentChoice&) const = default;
};

/// Everything that the session offers now.
std::vector<ContentChoice> contentChoices(const SessionController& session);

/// What pane `position` of `paneCount` shows until the person chooses: ground truth first, then the
/// models, then their right/wrong maps, then what the scan has of colour, height and intensity.
PaneContent
defaultContent(const SessionController& session, std::size_t position, std::size_t paneCount);

/// What there is to draw for a content.
struct PaneView {
    std::shared_ptr<const CloudPoints> cloud; ///< null: nothing to draw, see `hint`
    std::shared_ptr<const Colouring> colouring;
    QString hint; ///< why the pane is empty
    bool untrained = false;
    QColor accent;
    std::vector<Stat> stats;
};

PaneView viewOf(const SessionController& session, const PaneContent& content);

} // namespace siskin::ui
