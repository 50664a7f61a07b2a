// SPDX-License-Identifier: MIT
// Plays the open data set like a sensor: at its own pace, never behind, and says how well it does.
#pragma once

#include "widgets/controller/lane.hpp"
#include "widgets/controller/player.hpp"

#include <QObject>
#include <QTimer>

#include <deque>
#include <memory>

namespace siskin::ui {

class SessionController;

/// Over the last seconds of playing, but for the totals. Milliseconds from a frame's due time to
/// its picture.
struct PlayStats {
    double framesPerSecond = 0.0; ///< shown
    double lagMs = 0.0;           ///< mean
    double worstLagMs = 0.0;
    std::uint64_t shown = 0; ///< since play was pressed
    std::uint64_t dropped = 0;
    int sideBySide = 1;
};

/// GUI thread; nothing here waits.
class Playback : public QObject {
    Q_OBJECT

  public:
    explicit Playback(SessionController& session, QObject* parent = nullptr);
    ~Playback() override;

    /// From the frame on display on, or from the beginning when that is the last one.
    void play();
    void pause();
    void toggle();
    /// Shows that frame; goes on from there when playing.
    void seek(std::size_t index);
    /// To the neighbouring frame; ends playing.
    void step(int by);
    /// Times the data set's own rate.
    void setSpeed(double speed);
    void setLoop(bool on);
    /// Also run the ticked models on what is shown.
    void setRunWhilePlaying(bool on);

    /// Somebody paints what the session shows and calls `painted` when it is on the screen. Until
    /// then no further frame is handed over, and only then it counts as shown.
    void setWaitForPaint(bool on) { waitForPaint_ = on; }

    void painted();

    bool isPlaying() const noexcept { return player_ != nullptr; }

    bool loop() const noexcept { return loop_; }

    double speed() const noexcept { return speed_; }

    PlayStats stats() const;
    /// Since play was pressed or a setting changed.
    PlayCosts costs() const;

  signals:
    void playingChanged(bool playing);
    void settingsChanged();
    void frameShown(double lagMs);
    /// Four times a second while playing, and at its end.
    void statsChanged();

  private:
    struct Shown {
        PlayClock::time_point when;
        double lagMs;
    };

    void start(std::size_t first);
    void retire();
    void restart();
    void onReady(std::uint64_t generation);
    void hand(PlayedFrame played);
    void countShown();

    SessionController& session_;
    double speed_ = 1.0;
    bool loop_ = false;
    bool run_ = true;
    bool waitForPaint_ = false;
    std::shared_ptr<FrameCache> cache_;
    std::shared_ptr<Player> player_;
    std::uint64_t generation_ = 0;
    std::optional<PlayedFrame> unpainted_; // handed over, not on the screen yet
    std::optional<std::uint64_t> lastShown_;
    std::deque<Shown> recent_;
    PlayClock::time_point began_;
    std::uint64_t shown_ = 0;
    std::uint64_t dropped_ = 0;
    QTimer report_;
    QTimer paintLimit_;
    Lane retired_; // where players end, which may take as long as a layer of a network
};

} // namespace siskin::ui
