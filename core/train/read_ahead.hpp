// SPDX-License-Identifier: MIT
// One thread that makes things before they are needed.
#pragma once

#include "core/base/parallel.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace siskin {

/// Calls `make(begin)`, `make(begin + 1)` ... `make(end - 1)` in this order on its own thread, at
/// most `window` results ahead of `next`. What `next` returns does not depend on timing.
template <typename T>
class ReadAhead {
  public:
    ReadAhead(
        std::int64_t begin,
        std::int64_t end,
        std::function<T(std::int64_t)> make,
        std::size_t window = 3
    )
        : make_(std::move(make)), window_(window),
          thread_([this, begin, end](const std::stop_token& stop) { work(begin, end, stop); }) {}

    /// The next result, waiting for it; throws what `make` threw. Not more often than there are
    /// results.
    T next() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return !ready_.empty(); });
        auto item = std::move(ready_.front());
        ready_.pop_front();
        lock.unlock();
        changed_.notify_all();
        if (item.error) {
            std::rethrow_exception(item.error);
        }
        return std::move(*item.value);
    }

  private:
    struct Item {
        std::optional<T> value;
        std::exception_ptr error;
    };

    void work(std::int64_t begin, std::int64_t end, const std::stop_token& stop) {
        const SingleThreadScope beside; // the training keeps the pool to itself
        for (std::int64_t i = begin; i < end; ++i) {
            {
                std::unique_lock lock(mutex_);
                const auto room = [this] { return ready_.size() < window_; };
                if (!changed_.wait(lock, stop, room)) {
                    return;
                }
            }
            Item item;
            try {
                item.value = make_(i);
            } catch (...) {
                item.error = std::current_exception();
            }
            const bool failed = item.error != nullptr;
            {
                const std::scoped_lock lock(mutex_);
                ready_.push_back(std::move(item));
            }
            changed_.notify_all();
            if (failed) {
                return;
            }
        }
    }

    std::function<T(std::int64_t)> make_;
    std::size_t window_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<Item> ready_;
    std::jthread thread_; ///< last: it uses the rest
};

} // namespace siskin
