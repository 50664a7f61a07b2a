// SPDX-License-Identifier: MIT
// The threads of a batch: one reads ahead, others run frames, the caller takes results in order.
#pragma once

#include "core/run/batch.hpp"

#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <thread>

namespace siskin {

/// How long the work on one frame took.
struct FrameTime {
    std::size_t points = 0;
    double seconds = 0.0;
};

struct FrameQueueOptions {
    const BatchSource& source;
    const BatchWork& work;
    std::stop_token stop;
    const std::function<void(double, std::string_view)>& progress;
    int workers = 1;        ///< threads that run frames
    std::size_t window = 1; ///< most frames that are read and not taken yet
};

/// The members are for one thread, the caller's. Frames are begun in order and held until taken.
class FrameQueue {
  public:
    /// What the options refer to must outlive the queue. Reading starts at once.
    explicit FrameQueue(const FrameQueueOptions& options);
    /// Stops what is running and waits for it.
    ~FrameQueue();
    FrameQueue(const FrameQueue&) = delete;
    FrameQueue& operator=(const FrameQueue&) = delete;

    /// From the next frame on so many run side by side, one thread each; 1 = one at a time on all
    /// threads. Only while no released frame is unfinished.
    void setSideBySide(int frames);
    /// Frames before `end` may run.
    void release(std::size_t end);
    /// Waits until frames `begin` to `end` (at most a window) have run; those that did not because
    /// of a failure or a stop are left out.
    std::vector<FrameTime> times(std::size_t begin, std::size_t end);
    /// Of the time that the workers could have computed, the share in which they did and did not
    /// wait for a frame to be read: 0..1.
    double busyShare();
    /// Waits for the frame. Throws what went wrong with it, naming it, or `Cancelled`.
    BatchResult take(std::size_t position);

  private:
    struct Slot {
        BatchResult result;
        std::exception_ptr error;
        FrameTime time;
        double fraction = 0.0;
        bool done = false;
    };

    void readAll();
    void work(int worker);
    bool mayBegin(int worker) const;
    bool lacksScan(int worker) const;
    bool willNeverRun(std::size_t position) const;
    void runFrame(Slot& slot, int sideBySide);
    void reportProgress(Slot& slot, double fraction, std::string_view stage);

    FrameQueueOptions options_;
    std::stop_source stop_;
    std::stop_callback<std::function<void()>> forwardStop_;
    std::mutex mutex_; // guards what follows
    std::condition_variable_any changed_;
    std::map<std::size_t, Slot> slots_; // read, running or finished; references stay valid
    std::size_t taken_ = 0;
    std::size_t begun_ = 0;
    std::size_t released_ = 0;
    int sideBySide_ = 1;
    bool failed_ = false;
    double progress_ = 0.0;             // frames, in fractions
    double workedSeconds_ = 0.0;        // of all workers
    double starvedSeconds_ = 0.0;       // of workers that waited for the reader
    std::vector<std::jthread> threads_; // last: they use the rest
};

} // namespace siskin
