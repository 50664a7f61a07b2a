// SPDX-License-Identifier: MIT
// Builds a Trace while work runs. Not thread-safe: one recorder per run, used by the thread that
// runs it.
#pragma once

#include "core/trace/trace.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace siskin {

class TraceRecorder {
  public:
    using Clock = std::chrono::steady_clock;

    /// `alreadySpent` seconds belong to the root before now (work timed elsewhere, such as
    /// reading).
    explicit TraceRecorder(double alreadySpent = 0.0);

    /// An open span; closes when it goes out of scope. Fill the counters through `->`.
    class Scope {
      public:
        Scope(TraceRecorder& recorder, std::string name, SpanKind kind) : recorder_(recorder) {
            recorder_.push(std::move(name), kind);
        }

        ~Scope() { recorder_.pop(); }

        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

        Span& span() noexcept { return recorder_.open_.back(); }

        Span* operator->() noexcept { return &span(); }

      private:
        TraceRecorder& recorder_;
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
    void pop();
    double now() const;

    Clock::time_point start_;
    std::vector<Span> open_; ///< innermost last; open_[0] is the root
};

} // namespace siskin
