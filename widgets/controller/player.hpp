// SPDX-License-Identifier: MIT
// The threads behind playback: one reads ahead, others run the models on the newest frame that is
// due, and one result waits for the window. What comes too late is left out, never queued.
#pragma once

#include "widgets/controller/frame_cache.hpp"

#include <QString>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace siskin::ui {

/// A drive as a sensor would deliver it: tick n is due n / `framesPerSecond` after the start and
/// shows frame `first` + n, from the beginning again at the end when `loop` is set.
struct PlayPlan {
    struct Model {
        int id = 0;
        std::shared_ptr<const LoadedModel> loaded;
    };

    std::shared_ptr<const DatasetReader> dataset;
    std::shared_ptr<FrameCache> cache;
    std::size_t first = 0;
    double framesPerSecond = 10.0;
    bool loop = false;
    std::vector<Model> models; ///< empty: frames are only shown
    int mostSideBySide = 1;    ///< frames that may run at once when one at a time is too slow

    std::size_t frameOf(std::uint64_t tick) const;
    /// The last tick of a drive that does not loop.
    std::uint64_t lastTick() const;
};

using PlayClock = std::chrono::steady_clock;

/// A frame with all its answers, ready to be shown.
struct PlayedFrame {
    std::uint64_t tick = 0;
    PlayClock::time_point due;
    std::shared_ptr<const LoadedFrame> frame;
    std::map<int, std::shared_ptr<const ModelOutcome>> outcomes; ///< by model id
};

/// Where the time went, in seconds of the thread that did it.
struct PlayCosts {
    std::uint64_t framesRead = 0;
    double reading = 0.0; ///< file to scan, points and colours
    std::uint64_t framesRun = 0;
    double running = 0.0;   ///< networks, as their traces say
    double colouring = 0.0; ///< scores and colours of the answers
    int sideBySide = 1;     ///< frames at once, as chosen by measurement
};

/// Decides between all threads for each frame, which lags least, and frames side by side, which may
/// show more. Fed with the time each frame took; not thread-safe.
class CrewChoice {
  public:
    /// `wanted`: seconds between two frames. `most`: frames that may run at once.
    CrewChoice(double wanted, int most) : wanted_(wanted), most_(most) {}

    int sideBySide() const noexcept { return sideBySide_; }

    /// A frame that was begun with `sideBySide` at once took so many seconds.
    void record(int sideBySide, double seconds);

  private:
    double wanted_;
    int most_;
    int sideBySide_ = 1;
    bool decided_ = false;
    std::vector<double> alone_;
    std::vector<double> together_;
};

/// `take` and the counters may be used from any thread; starts at once.
class Player {
  public:
    /// `ready` is called on a worker when a frame waits to be taken, `failed` with the line of an
    /// exception (then nothing more comes).
    Player(PlayPlan plan, std::function<void()> ready, std::function<void(const QString&)> failed);
    /// Stops what is running and waits for it.
    ~Player();
    Player(const Player&) = delete;
    Player& operator=(const Player&) = delete;

    /// Returns at once; the threads end at their next check.
    void stop();
    /// The frame that waits, if any; only then is the next one begun.
    std::optional<PlayedFrame> take();
    PlayCosts costs() const;

    const PlayPlan& plan() const noexcept { return plan_; }

  private:
    void readAhead();
    void work(int worker);
    std::uint64_t dueTick() const;
    PlayClock::time_point dueTime(std::uint64_t tick) const;
    PlayClock::time_point nextTickTime() const;
    std::optional<std::size_t> nextToRead() const;
    std::optional<std::uint64_t> nextToRun(int worker) const;
    PlayedFrame run(std::uint64_t tick, std::shared_ptr<const LoadedFrame> frame, int sideBySide);
    void finish(PlayedFrame played);
    void fail(const std::exception& error);

    PlayPlan plan_;
    std::function<void()> ready_;
    std::function<void(const QString&)> failed_;
    std::stop_source stop_;
    PlayClock::time_point start_;
    mutable std::mutex mutex_; // guards what follows
    std::condition_variable_any changed_;
    std::uint64_t next_ = 0; ///< lowest tick that was not begun
    std::optional<PlayedFrame> waiting_;
    std::optional<std::uint64_t> newestDone_;
    CrewChoice crew_;
    PlayCosts costs_;
    std::vector<std::jthread> threads_; // last: they use the rest
};

} // namespace siskin::ui
