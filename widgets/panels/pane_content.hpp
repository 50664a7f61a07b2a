// SPDX-License-Identifier: MIT
// What a pane can show of a session, and the figures that belong to it. Plain functions of the
// session's state, so that every pane and every test sees the same.
#pragma once

#include "widgets/panels/stat_strip.hpp"
#include "widgets/scene/cloud_points.hpp"
#include "widgets/scene/colouring.hpp"

#include <QString>
#include <QStringList>

#include <memory>
#include <vector>

namespace siskin::ui {

class SessionController;
struct LoadedFrame;

enum class ContentKind { GroundTruth, Prediction, RightWrong, Intensity, Height, Colour, Normal };

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

/// Everything that the session offers now; of the fields only those that the scan has.
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
    QStringList notes; ///< what else is to be known about the answer, one line each
};

/// The colours of a field of the scan: null where it has none, and for what is no field.
std::shared_ptr<const Colouring> fieldColouring(const LoadedFrame& frame, ContentKind kind);

/// Where a point of the frame on display lies and what everybody says about it, on one line.
QString pointText(const SessionController& session, std::size_t index);

PaneView viewOf(const SessionController& session, const PaneContent& content);

} // namespace siskin::ui
