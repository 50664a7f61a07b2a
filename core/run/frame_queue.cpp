// SPDX-License-Identifier: MIT
#include "core/run/frame_queue.hpp"

#include "core/base/cancel.hpp"
#include "core/base/parallel.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace siskin {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// The same trouble, saying which frame it is about.
[[noreturn]] void rethrowNaming(const std::exception_ptr& error, const std::string& frame) {
    const auto named = [&frame](const std::string& what) {
        return what.find(frame) == std::string::npos ? fmt::format("frame {}: {}", frame, what)
                                                     : what;
    };
    try {
        std::rethrow_exception(error);
    } catch (const Cancelled&) {
        throw;
    } catch (const Error& known) {
        throw Error(named(known.what()), known.hint(), known.exitCode());
    } catch (const std::exception& other) {
        throw Error(named(other.what()), {}, ExitCode::RunFailed);
    }
}

} // namespace

FrameQueue::FrameQueue(const FrameQueueOptions& options)
    : options_(options), forwardStop_(options.stop, [this] { stop_.request_stop(); }) {
    threads_.emplace_back([this] { readAll(); });
    for (int worker = 0; worker < options_.workers; ++worker) {
        threads_.emplace_back([this, worker] { work(worker); });
    }
}

FrameQueue::~FrameQueue() {
    stop_.request_stop();
    threads_.clear(); // joins
}

void FrameQueue::setSideBySide(int frames) {
    const std::scoped_lock lock(mutex_);
    sideBySide_ = frames;
}

void FrameQueue::release(std::size_t end) {
    {
        const std::scoped_lock lock(mutex_);
        released_ = end;
    }
    changed_.notify_all();
}

bool FrameQueue::willNeverRun(std::size_t position) const {
    return position >= begun_ && (failed_ || stop_.stop_requested());
}

std::vector<FrameTime> FrameQueue::times(std::size_t begin, std::size_t end) {
    std::vector<FrameTime> times;
    std::unique_lock lock(mutex_);
    for (std::size_t position = begin; position < end; ++position) {
        const auto settled = [&] {
            const auto slot = slots_.find(position);
            return willNeverRun(position) || (slot != slots_.end() && slot->second.done);
        };
        changed_.wait(lock, stop_.get_token(), settled);
        changed_.wait(lock, settled); // a stop ends the wait at once, but not a frame that runs
        if (!willNeverRun(position) && !slots_.at(position).error) {
            times.push_back(slots_.at(position).time);
        }
    }
    return times;
}

double FrameQueue::busyShare() {
    const std::scoped_lock lock(mutex_);
    const double all = workedSeconds_ + starvedSeconds_;
    return all > 0.0 ? workedSeconds_ / all : 1.0;
}

BatchResult FrameQueue::take(std::size_t position) {
    times(position, position + 1);
    std::unique_lock lock(mutex_);
    if (willNeverRun(position)) {
        throw Cancelled();
    }
    Slot slot = std::move(slots_.at(position));
    slots_.erase(position);
    taken_ = position + 1;
    lock.unlock();
    changed_.notify_all();
    if (slot.error) {
        rethrowNaming(slot.error, options_.source.name(position));
    }
    return std::move(slot.result);
}

void FrameQueue::readAll() {
    const SingleThreadScope beside; // generating or decoding must not take the pool from the work
    for (std::size_t position = 0; position < options_.source.frames; ++position) {
        {
            std::unique_lock lock(mutex_);
            const auto room = [&] { return position < taken_ + options_.window; };
            if (!changed_.wait(lock, stop_.get_token(), room) || failed_) {
                return;
            }
        }
        Slot slot;
        slot.result.position = position;
        try {
            slot.result.scan = options_.source.read(position);
        } catch (...) {
            slot.error = std::current_exception();
        }
        const bool bad = slot.error != nullptr;
        {
            const std::scoped_lock lock(mutex_);
            slots_.emplace(position, std::move(slot));
        }
        changed_.notify_all();
        if (bad) {
            return;
        }
    }
}

bool FrameQueue::mayBegin(int worker) const {
    return worker < sideBySide_ && begun_ < released_ && slots_.contains(begun_);
}

bool FrameQueue::lacksScan(int worker) const {
    return worker < sideBySide_ && begun_ < released_ && !slots_.contains(begun_);
}

void FrameQueue::work(int worker) {
    for (;;) {
        std::unique_lock lock(mutex_);
        const bool starving = lacksScan(worker);
        const auto begin = Clock::now();
        const bool goesOn =
            changed_.wait(lock, stop_.get_token(), [&] { return failed_ || mayBegin(worker); });
        starvedSeconds_ += starving ? secondsSince(begin) : 0.0;
        if (!goesOn || failed_ || stop_.stop_requested()) {
            return;
        }
        Slot& slot = slots_.at(begun_++);
        const int sideBySide = sideBySide_;
        lock.unlock();
        if (!slot.error) {
            runFrame(slot, sideBySide);
        }
        lock.lock();
        slot.done = true;
        workedSeconds_ += slot.time.seconds;
        failed_ = failed_ || slot.error != nullptr;
        lock.unlock();
        changed_.notify_all();
    }
}

void FrameQueue::runFrame(Slot& slot, int sideBySide) {
    std::optional<SingleThreadScope> alone;
    if (sideBySide > 1) {
        alone.emplace(sideBySide);
    }
    const RunOptions options{
        .stop = stop_.get_token(),
        .progress = [this, &slot](double fraction, std::string_view stage) {
            reportProgress(slot, fraction, stage);
        }};
    const auto begin = Clock::now();
    try {
        slot.result.results = options_.work(*slot.result.scan, options);
    } catch (...) {
        slot.error = std::current_exception();
    }
    slot.time.seconds = secondsSince(begin);
    slot.time.points = slot.result.scan->pointCount();
}

void FrameQueue::reportProgress(Slot& slot, double fraction, std::string_view stage) {
    if (!options_.progress) {
        return;
    }
    const std::scoped_lock lock(mutex_);
    progress_ += fraction - std::exchange(slot.fraction, fraction);
    options_.progress(progress_ / static_cast<double>(options_.source.frames), stage);
}

} // namespace siskin
