// SPDX-License-Identifier: MIT
// The one thread pool of the process: chunked loops with dynamic scheduling.
#pragma once

#include <cstdint>
#include <functional>

namespace siskin {

/// Number of threads that `parallelFor` uses (caller included). Starts at the number of processors
/// this process may run on; 1 inside a `parallelFor` and inside a `SingleThreadScope`.
int threadCount();

/// While one lives, `parallelFor` on the thread that made it runs inline: for work of which several
/// pieces run side by side, each on a thread of its own. May be nested.
class SingleThreadScope {
  public:
    /// `sideBySide`: how many such pieces run at the same time, this one included.
    explicit SingleThreadScope(int sideBySide = 1) noexcept;
    ~SingleThreadScope();
    SingleThreadScope(const SingleThreadScope&) = delete;
    SingleThreadScope& operator=(const SingleThreadScope&) = delete;

  private:
    bool inlineBefore_;
    int sideBySideBefore_;
};

/// What the innermost `SingleThreadScope` of this thread was told; 1 outside of any.
int sideBySideCount() noexcept;

/// Changes it; `count` < 1 restores the default. Must not be called from inside a `parallelFor`.
void setThreadCount(int count);

/// Calls `body(begin, end)` over disjoint chunks of at most `grain` items that cover [0, count),
/// on all threads of the pool; returns when all are done. Chunk borders depend on `grain` only,
/// never on the number of threads, so results that are a function of the chunk are reproducible.
/// The first exception thrown by a chunk is rethrown here after the others have finished.
/// A call from inside a chunk or a `SingleThreadScope` runs on the calling thread alone; calls from
/// several threads take turns.
void parallelFor(
    std::int64_t count,
    std::int64_t grain,
    const std::function<void(std::int64_t, std::int64_t)>& body
);

} // namespace siskin
