// SPDX-License-Identifier: MIT
#include "app/cli/interrupt.hpp"

#include "core/base/error.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace siskin::cli {

namespace {

// A handler may only do async-signal-safe things, and requesting a stop is not one of them; masking
// the signal for a waiting thread fails because BLAS libraries start threads before main(). So the
// handler writes one byte into a pipe and a thread does the rest.
std::array<int, 2> pipeEnds{-1, -1};
std::atomic<int> signalsSeen{0};

constexpr char kInterrupted = 'i';
constexpr char kFinished = 'f';

void send(char byte) {
    [[maybe_unused]] const auto written = ::write(pipeEnds[1], &byte, 1);
}

extern "C" void handleSignal(int /*signal*/) {
    if (signalsSeen.fetch_add(1) > 0) {
        ::_exit(static_cast<int>(ExitCode::Interrupted));
    }
    send(kInterrupted);
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
