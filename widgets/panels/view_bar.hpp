// SPDX-License-Identifier: MIT
// How the panes look: how many, from where, point size, shading, ceiling, and whose electricity.
#pragma once

#include "widgets/scene/scene_kind.hpp"

#include <QToolBar>

#include <optional>

class QActionGroup;
class QComboBox;
class QLabel;
class QSlider;

namespace siskin::ui {

class PaneGrid;
class SessionController;

/// GUI thread.
class ViewBar : public QToolBar {
    Q_OBJECT

  public:
    ViewBar(SessionController& session, PaneGrid& grid, QWidget* parent = nullptr);
    /// Also changes the number of panes.
    void choosePaneCount(int count);

  private:
    void addPaneCounts();
    void addPresets();
    void addLook();
    void addCeiling();
    void applyCeiling();
    void suitScene();
    void addRegion();

    SessionController& session_;
    PaneGrid& grid_;
    QActionGroup* counts_;
    QSlider* pointSize_ = nullptr;
    QAction* ceiling_ = nullptr;
    QSlider* ceilingShare_ = nullptr;
    QLabel* ceilingText_ = nullptr;
    std::optional<SceneKind> kind_; ///< that the settings suit
};

} // namespace siskin::ui
