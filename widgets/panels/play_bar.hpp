// SPDX-License-Identifier: MIT
// Plays the drive: play and pause, where it is, how fast, and how well it keeps up.
#pragma once

#include <QToolBar>

class QAction;
class QCheckBox;
class QLabel;
class QSlider;

namespace siskin::ui {

class Playback;
class SessionController;

/// GUI thread.
class PlayBar : public QToolBar {
    Q_OBJECT

  public:
    PlayBar(SessionController& session, Playback& playback, QWidget* parent = nullptr);

    QAction* playAction() const noexcept { return play_; }

    QAction* backAction() const noexcept { return back_; }

    QAction* nextAction() const noexcept { return next_; }

    /// "shown 9.8 frames/s, lag 104 ms, dropped 3", or empty before anything was played.
    QString rateText() const;

  private:
    void buildActions();
    void buildPosition();
    void buildSettings();
    void showPlaying(bool playing);
    void showPosition();
    void showRate();

    SessionController& session_;
    Playback& playback_;
    QAction* back_;
    QAction* play_;
    QAction* next_;
    QSlider* slider_ = nullptr;
    QLabel* position_ = nullptr;
    QLabel* rate_ = nullptr;
};

} // namespace siskin::ui
