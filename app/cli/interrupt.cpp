// SPDX-License-Identifier: MIT
#include "app/cli/interrupt.hpp"

#include "core/base/error.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>

namespace siskin::cli {

namespace {

// A handler may only do async-signal-safe things, and requesting a stop is not one of them; masking
// the signal for a waiting thread fails because BLAS libraries start threads before main(). So the
// handler writes one byte into a pipe and a thread does the rest.
std::array<int, 2> pipeEnds{-1, -1};
std::atomic<std::int64_t> firstSignal{0}; ///< nanoseconds of the monotonic clock, 0 = none yet

constexpr char kInterrupted = 'i';
constexpr char kFinished = 'f';

void send(char byte) {
    [[maybe_unused]] const auto written = ::write(pipeEnds[1], &byte, 1);
}

/// A second signal means "at once", but only from somebody who waited and asks again: timeout(1)
/// and some shells send one interrupt twice, to the process and to its group.
extern "C" void handleSignal(int /*signal*/) {
    constexpr std::int64_t kOneAndTheSame = 500'000'000;
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    const std::int64_t now = std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
    std::int64_t first = 0;
    if (firstSignal.compare_exchange_strong(first, now)) {
        send(kInterrupted);
    } else if (now - first > kOneAndTheSame) {
        ::_exit(static_cast<int>(ExitCode::Interrupted));
    }
}

} // namespace

InterruptGuard::InterruptGuard() {
    if (::pipe2(pipeEnds.data(), O_CLOEXEC) != 0) {
        return; // Ctrl-C then ends the process, as without this guard
    }
    watcher_ = std::thread([source = source_]() mutable {
        char byte = kFinished;
        if (::read(pipeEnds[0], &byte, 1) == 1 && byte == kInterrupted) {
            source.request_stop();
        }
    });
    std::signal(SIGINT, handleSignal);
    std::signal(SIGTERM, handleSignal);
}

InterruptGuard::~InterruptGuard() {
    if (watcher_.joinable()) {
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGTERM, SIG_DFL);
        send(kFinished);
        watcher_.join();
        ::close(pipeEnds[0]);
        ::close(pipeEnds[1]);
    }
}

} // namespace siskin::cli
