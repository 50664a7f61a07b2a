// SPDX-License-Identifier: MIT
// Ctrl-C as a stop token.
#pragma once

#include <stop_token>
#include <thread>

namespace siskin::cli {

/// While it lives, the first SIGINT or SIGTERM requests a stop and the second ends the process at
/// once with exit code 130. One object per process.
class InterruptGuard {
  public:
    InterruptGuard();
    ~InterruptGuard();
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

    std::stop_token token() const noexcept { return source_.get_token(); }

  private:
    std::stop_source source_;
    std::thread watcher_;
};

} // namespace siskin::cli
