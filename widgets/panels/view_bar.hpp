// SPDX-License-Identifier: MIT
// How the panes look: how many, from where, point size, shading, and whose electricity.
#pragma once

#include <QToolBar>

class QActionGroup;
class QComboBox;

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
    void addRegion();

    SessionController& session_;
    PaneGrid& grid_;
    QActionGroup* counts_;
};

} // namespace siskin::ui
