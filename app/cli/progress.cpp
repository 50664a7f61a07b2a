// SPDX-License-Identifier: MIT
#include "app/cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace siskin::cli {

Progress::Style Progress::styleFor(bool quiet) {
    if (quiet) {
        return Style::Silent;
    }
    return ::isatty(STDERR_FILENO) == 1 ? Style::Bar : Style::Lines;
}

void Progress::begin(const std::string& work) {
    {
        const std::scoped_lock lock(mutex_);
        work_ = work;
        lastDrawn_ = {};
        if (style_ == Style::Lines) {
            lastDrawn_ = Clock::now();
            print(work + "\n");
        }
    }
    update(0.0, "");
}

void Progress::update(double fraction, std::string_view stage) {
    constexpr int kBarWidth = 28;
    const std::scoped_lock lock(mutex_);
    const auto now = Clock::now();
    const Clock::duration pause = style_ == Style::Bar
                                      ? Clock::duration(std::chrono::milliseconds(100))
                                      : Clock::duration(std::chrono::minutes(1));
    if (style_ == Style::Silent || now - lastDrawn_ < pause) {
        return;
    }
    lastDrawn_ = now;
    const double share = std::clamp(fraction, 0.0, 1.0);
    if (style_ == Style::Lines) {
        print(fmt::format("{}: {:.0f} %  {}\n", work_, 100.0 * share, stage));
        return;
    }
    drawn_ = true;
    const int filled = static_cast<int>(share * kBarWidth);
    print(fmt::format(
        "\r\033[K[{:<{}}] {:3.0f} %  {}  {}",
        std::string(static_cast<std::size_t>(filled), '='),
        kBarWidth,
        100.0 * share,
        work_,
        stage
    ));
}

void Progress::clear() {
    const std::scoped_lock lock(mutex_);
    if (drawn_) {
        print("\r\033[K");
        drawn_ = false;
    }
}

void Progress::note(const std::string& text) {
    clear();
    const std::scoped_lock lock(mutex_);
    if (style_ != Style::Silent) {
        print(text + "\n");
    }
}

void Progress::warn(const std::string& text) {
    clear();
    const std::scoped_lock lock(mutex_);
    print(fmt::format("siskin: warning: {}\n", text));
}

void Progress::print(const std::string& text) {
    std::fputs(text.c_str(), stderr);
    std::fflush(stderr);
}

} // namespace siskin::cli
