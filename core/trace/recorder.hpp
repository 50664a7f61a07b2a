// SPDX-License-Identifier: MIT
// Builds a Trace while work runs. Not thread-safe: one recorder per run, used by the thread that
// runs it.
#pragma once

#include "core/base/device_timer.hpp"
#include "core/trace/trace.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace siskin {

class TraceRecorder {
  public:
    using Clock = std::chrono::steady_clock;

    /// `alreadySpent` seconds belong to the root before now (work timed elsewhere, such as
    /// reading). With a timer, `finish` gives every span the times of the device, which is behind
    /// the program most of the time: a layer has then taken as long as the device worked on it.
    explicit TraceRecorder(double alreadySpent = 0.0, std::shared_ptr<DeviceTimer> timer = {});

    /// An open span; closes when it goes out of scope. Fill the counters through `->`.
    class Scope {
      public:
        Scope(TraceRecorder& recorder, std::string name, SpanKind kind) : recorder_(recorder) {
            recorder_.push(std::move(name), kind);
        }

        ~Scope() { recorder_.pop(kept_); }

        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

        Span& span() noexcept { return recorder_.open_.back(); }

        Span* operator->() noexcept { return &span(); }

        /// Leaves the span and what is below it out of the trace: nothing was done after all.
        void discard() noexcept { kept_ = false; }

      private:
        TraceRecorder& recorder_;
        bool kept_ = true;
    };

    /// Adds a finished child to the innermost open span (for work timed elsewhere, e.g. reading).
    void addFinished(Span span);

    /// The last finished child of the innermost open span was computed together with `part` (name,
    /// kind and counters set): lists `part` behind it and gives each its share of the time by MACs.
    void splitLast(Span part);

    /// Closes the root and hands the tree over; the recorder is then empty.
    Trace finish();

  private:
    void push(std::string name, SpanKind kind);
    void pop(bool keep);
    double now() const;
    void useDeviceTimes(Span& root) const;

    Clock::time_point start_;
    std::shared_ptr<DeviceTimer> timer_;
    std::vector<double> notes_; ///< when the timer was told something, seconds
    std::vector<Span> open_;    ///< innermost last; open_[0] is the root
};

} // namespace siskin
