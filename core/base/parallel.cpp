// SPDX-License-Identifier: MIT
#include "core/base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <sched.h>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace siskin {

namespace {

thread_local bool runsInline = false;
thread_local int sideBySide = 1;

int processorCount() {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) {
        return std::max(1, CPU_COUNT(&allowed));
    }
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

/// Looks for a moment, giving way to others meanwhile. A network is a hundred short loops in a row:
/// a thread that slept between them would take longer to wake than many of the loops last.
template <typename Condition>
void spinUntil(const Condition& condition) {
    constexpr auto kLongest = std::chrono::microseconds(100);
    const auto end = std::chrono::steady_clock::now() + kLongest;
    while (!condition() && std::chrono::steady_clock::now() < end) {
        std::this_thread::yield();
    }
}

/// One loop in flight: threads draw chunk numbers from `next` until none is left.
struct Loop {
    std::int64_t count;
    std::int64_t grain;
    const std::function<void(std::int64_t, std::int64_t)>& body;
    std::atomic<std::int64_t> next{0};
    std::mutex errorMutex;
    std::exception_ptr error;

    void work() {
        runsInline = true;
        for (;;) {
            const std::int64_t begin = next.fetch_add(grain, std::memory_order_relaxed);
            if (begin >= count) {
                break;
            }
            try {
                body(begin, std::min(count, begin + grain));
            } catch (...) {
                const std::scoped_lock lock(errorMutex);
                if (!error) {
                    error = std::current_exception();
                }
                next.store(count, std::memory_order_relaxed);
            }
        }
        runsInline = false;
    }
};

class Pool {
  public:
    static Pool& instance() {
        static Pool pool;
        return pool;
    }

    int size() {
        const std::scoped_lock lock(turn_);
        return static_cast<int>(workers_.size()) + 1;
    }

    void resize(int threads) {
        const std::scoped_lock lock(turn_);
        workers_.clear(); // joins
        for (int i = 1; i < threads; ++i) {
            // A thread that starts late must still see the first loop, so it is told what is old.
            workers_.emplace_back([this, seen = generation_.load()](const std::stop_token& stop) {
                workerMain(stop, seen);
            });
        }
    }

    void run(Loop& loop) {
        const std::scoped_lock turn(turn_);
        {
            const std::scoped_lock lock(mutex_);
            loop_ = &loop;
            ++generation_;
            pending_ = workers_.size();
        }
        wake_.notify_all();
        loop.work();
        spinUntil([this] { return pending_ == 0; });
        std::unique_lock lock(mutex_);
        done_.wait(lock, [this] { return pending_ == 0; });
        loop_ = nullptr;
    }

  private:
    Pool() { resize(processorCount()); }

    void workerMain(const std::stop_token& stop, std::uint64_t seen) {
        const auto isNew = [&] { return generation_ != seen; };
        std::unique_lock lock(mutex_);
        while (wake_.wait(lock, stop, isNew)) {
            seen = generation_;
            Loop* loop = loop_;
            lock.unlock();
            loop->work();
            lock.lock();
            if (--pending_ == 0) {
                done_.notify_all();
            }
            lock.unlock();
            spinUntil(isNew);
            lock.lock();
        }
    }

    std::mutex turn_; ///< one loop at a time
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::condition_variable done_;
    Loop* loop_ = nullptr;
    std::atomic<std::uint64_t> generation_{0}; ///< changed under `mutex_`, looked at without
    std::atomic<std::size_t> pending_{0};      ///< the same
    std::vector<std::jthread> workers_;
};

} // namespace

int threadCount() {
    // Also keeps a call from inside a loop from waiting for the pool, which waits for the loop.
    return runsInline ? 1 : Pool::instance().size();
}

void setThreadCount(int count) {
    Pool::instance().resize(count < 1 ? processorCount() : count);
}

SingleThreadScope::SingleThreadScope(int count) noexcept
    : inlineBefore_(std::exchange(runsInline, true)),
      sideBySideBefore_(std::exchange(sideBySide, count)) {}

SingleThreadScope::~SingleThreadScope() {
    runsInline = inlineBefore_;
    sideBySide = sideBySideBefore_;
}

int sideBySideCount() noexcept {
    return sideBySide;
}

void parallelFor(
    std::int64_t count,
    std::int64_t grain,
    const std::function<void(std::int64_t, std::int64_t)>& body
) {
    if (count <= 0) {
        return;
    }
    grain = std::max<std::int64_t>(1, grain);
    Loop loop{.count = count, .grain = grain, .body = body, .errorMutex = {}, .error = {}};
    if (runsInline || count <= grain) {
        for (std::int64_t begin = 0; begin < count; begin += grain) {
            body(begin, std::min(count, begin + grain));
        }
        return;
    }
    Pool::instance().run(loop);
    if (loop.error) {
        std::rethrow_exception(loop.error);
    }
}

} // namespace siskin
