// SPDX-License-Identifier: MIT
#include "app/workbench/play_report.hpp"

#include "widgets/panels/workbench_window.hpp"

#include <QTimer>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <numeric>
#include <vector>

namespace siskin::workbench {

namespace {

double cpuSeconds(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

struct Measurement {
    std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
    double windowCpu = cpuSeconds(CLOCK_THREAD_CPUTIME_ID);
    double processCpu = cpuSeconds(CLOCK_PROCESS_CPUTIME_ID);
    std::vector<double> lags; ///< milliseconds, one per frame shown
};

double mean(std::vector<double>::const_iterator begin, std::vector<double>::const_iterator end) {
    return begin == end ? 0.0 : std::accumulate(begin, end, 0.0) / static_cast<double>(end - begin);
}

std::string lineOf(const Measurement& measured, const ui::Playback& playback, double rate) {
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - measured.begin).count();
    const auto shown = static_cast<double>(std::max<std::size_t>(1, measured.lags.size()));
    const ui::PlayCosts costs = playback.costs();
    const auto perFrame = [](double total, double frames) {
        return 1e3 * total / std::max(1.0, frames);
    };
    const auto run = static_cast<double>(costs.framesRun);
    const auto& lags = measured.lags;
    const auto middle = lags.begin() + static_cast<std::ptrdiff_t>(lags.size() / 2);
    return fmt::format(
        "played {:.1f} s at {:.1f} frames/s: shown {:.2f} frames/s, dropped {}, lag {:.0f} ms "
        "(first half {:.0f}, second half {:.0f}, worst {:.0f}), {} at once; ms per frame: "
        "networks {:.1f}, scores and colours {:.1f}, reading {:.1f} ({} frames), window thread "
        "{:.1f} cpu, whole process {:.1f} cpu\n",
        seconds,
        rate,
        static_cast<double>(lags.size()) / seconds,
        playback.stats().dropped,
        mean(lags.begin(), lags.end()),
        mean(lags.begin(), middle),
        mean(middle, lags.end()),
        lags.empty() ? 0.0 : *std::max_element(lags.begin(), lags.end()),
        costs.sideBySide,
        perFrame(costs.running, run),
        perFrame(costs.colouring, run),
        perFrame(costs.reading, static_cast<double>(costs.framesRead)),
        costs.framesRead,
        perFrame(cpuSeconds(CLOCK_THREAD_CPUTIME_ID) - measured.windowCpu, shown),
        perFrame(cpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - measured.processCpu, shown)
    );
}

} // namespace

void measurePlaying(
    ui::WorkbenchWindow& window, double seconds, const std::function<void()>& done
) {
    auto& playback = window.playback();
    if (!window.session().frame()) {
        done(); // it could not be opened, which was said
        return;
    }
    auto measured = std::make_shared<Measurement>();
    QObject::connect(&playback, &ui::Playback::frameShown, &window, [measured](double lagMs) {
        measured->lags.push_back(lagMs);
    });
    playback.setLoop(true);
    playback.play();
    QTimer::singleShot(
        static_cast<int>(std::lround(seconds * 1e3)),
        &window,
        [&window, measured, done] {
            const double rate =
                window.session().dataset()->framesPerSecond() * window.playback().speed();
            const auto line = lineOf(*measured, window.playback(), rate);
            std::fputs(line.c_str(), stdout);
            std::fflush(stdout);
            done();
            window.playback().pause();
        }
    );
}

} // namespace siskin::workbench
