// SPDX-License-Identifier: MIT
// Run, cancel and how far it is.
#pragma once

#include <QToolBar>

class QAction;
class QProgressBar;

namespace siskin::ui {

class SessionController;

/// GUI thread.
class RunBar : public QToolBar {
    Q_OBJECT

  public:
    explicit RunBar(SessionController& session, QWidget* parent = nullptr);

    QAction* runAction() const noexcept { return run_; }

    QAction* cancelAction() const noexcept { return cancel_; }

  private:
    void showRunning(bool running);

    QAction* run_;
    QAction* cancel_;
    QProgressBar* progress_;
};

} // namespace siskin::ui
