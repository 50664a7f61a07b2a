// SPDX-License-Identifier: MIT
// One worker thread with a queue: work goes in, finished values come back to the GUI thread.
#pragma once

#include <QObject>
#include <QString>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace siskin::ui {

/// The one line a person reads about an exception: `Error::line()` where it is ours.
QString lineOf(const std::exception& error);

/// All members are for the GUI thread. Every piece of work has a rising id; what a cancelled or
/// replaced one still delivers is dropped, so a late result can never overwrite a newer one.
class Lane : public QObject {
    Q_OBJECT

  public:
    /// Handed to the work; used on the worker thread.
    class Channel {
      public:
        Channel(Lane& lane, std::uint64_t id, std::stop_token stop);

        const std::stop_token& stop() const noexcept { return stop_; }

        /// Runs `action` on the GUI thread, unless this work is stale by then.
        void deliver(std::function<void()> action) const;

      private:
        Lane& lane_;
        std::uint64_t id_;
        std::stop_token stop_;
    };

    using Work = std::function<void(const Channel&)>;

    explicit Lane(QObject* parent = nullptr);
    /// Asks the work to stop and waits for it.
    ~Lane() override;

    /// After what is already queued.
    void enqueue(Work work);
    /// Instead of everything queued or running.
    void replace(Work work);
    /// Returns at once; the running work notices at its next check.
    void cancel();

    bool isBusy() const noexcept { return unfinished_ > 0; }

  signals:
    void busyChanged(bool busy);
    /// The line of an exception that current work ended with (a cancellation is silent).
    void failed(const QString& line);

  private:
    struct Task {
        std::uint64_t id = 0;
        Work work;
        std::stop_source stop;
    };

    void serve(const std::stop_token& quit);
    void perform(Task& task);
    void post(std::uint64_t id, std::function<void()> action);
    void setUnfinished(int count);

    std::mutex mutex_; // guards queue_ and running_
    std::condition_variable_any wake_;
    std::deque<Task> queue_;
    std::stop_source running_;
    std::uint64_t lastId_ = 0; // GUI thread only, like all below
    std::uint64_t oldestCurrent_ = 1;
    int unfinished_ = 0;
    std::jthread thread_; // last, so that it starts after and ends before the rest
};

} // namespace siskin::ui
