// SPDX-License-Identifier: MIT
// Progress on standard error: a bar on a terminal, elsewhere a line when work begins and then one a
// minute, nothing when quiet.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

namespace siskin::cli {

class Progress {
  public:
    enum class Style { Bar, Lines, Silent };

    /// `Bar` when standard error is a terminal, else `Lines`.
    static Style styleFor(bool quiet);

    explicit Progress(Style style) : style_(style) {}

    ~Progress() { clear(); }

    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Names the work that starts now, e.g. "SPVCNN on 00/000000".
    void begin(const std::string& work);
    /// From any thread. Redraws the bar ten times a second at most, or prints one line a minute.
    void update(double fraction, std::string_view stage);
    /// The bar goes away, so that other text can be printed.
    void clear();
    /// A line that stays: warnings and names of written files. Warnings show even when silent.
    void note(const std::string& text);
    void warn(const std::string& text);

  private:
    using Clock = std::chrono::steady_clock;

    void print(const std::string& text);

    Style style_;
    std::mutex mutex_;
    std::string work_;
    bool drawn_ = false;
    Clock::time_point lastDrawn_;
};

} // namespace siskin::cli
