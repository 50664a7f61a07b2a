// SPDX-License-Identifier: MIT
#include "core/run/batch.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/run/frame_queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>

namespace siskin {

namespace {

constexpr std::size_t kThreadsFrames = 3; ///< with all threads each, the first as a warm-up
constexpr std::size_t kRounds = 3;        ///< side by side, the first as a warm-up
/// Small frames run faster than a disk answers now and then; large ones cost memory while they
/// wait.
constexpr std::size_t kReadAhead = 8;

struct ModeName {
    ParallelMode mode;
    std::string_view name;
};

constexpr std::array<ModeName, 3> kModeNames = {{
    {ParallelMode::Auto, "auto"},
    {ParallelMode::Frames, "frames"},
    {ParallelMode::Threads, "threads"},
}};

std::size_t measuredFrames(int sideBySide) {
    return kThreadsFrames + kRounds * static_cast<std::size_t>(sideBySide);
}

/// Memory that programs can still take, in bytes; empty where the system does not say.
std::optional<std::int64_t> availableBytes() {
    std::ifstream file("/proc/meminfo");
    std::string word;
    while (file >> word) {
        std::int64_t kilobytes = 0;
        if (word == "MemAvailable:" && file >> kilobytes) {
            return kilobytes * 1024;
        }
    }
    return std::nullopt;
}

/// As many frames of `bytesPerFrame` as half of the free memory holds, 1 to `wanted`.
int framesThatFit(int wanted, std::int64_t bytesPerFrame) {
    const auto available = availableBytes();
    if (!available || bytesPerFrame <= 0) {
        return wanted;
    }
    return static_cast<int>(std::clamp<std::int64_t>(*available / 2 / bytesPerFrame, 1, wanted));
}

/// Frames per second of mean size: `atOnce` over the time that a frame took, weighted by points
/// because the two ways are measured on different frames.
double rateOf(const std::vector<FrameTime>& times, std::size_t warmUp, int atOnce) {
    double points = 0.0;
    double seconds = 0.0;
    for (std::size_t i = warmUp; i < times.size(); ++i) {
        points += static_cast<double>(times[i].points);
        seconds += times[i].seconds;
    }
    return seconds > 0.0 ? atOnce * points / seconds : 0.0;
}

/// A batch on its way: delivers stretches of frames and decides between them.
class Batch {
  public:
    Batch(
        FrameQueue& queue,
        const BatchOptions& options,
        const std::function<void(BatchResult)>& deliver
    )
        : queue_(queue), options_(options), deliver_(deliver) {}

    BatchPlan run(std::size_t frames, int sideBySide);

  private:
    void useThreads(std::string reason);
    void useFrames(int sideBySide, std::string reason);
    void measure(int sideBySide);
    std::vector<FrameTime> timed(std::size_t frames);
    void deliverTo(std::size_t end);

    FrameQueue& queue_;
    const BatchOptions& options_;
    const std::function<void(BatchResult)>& deliver_;
    BatchPlan plan_;
    std::size_t delivered_ = 0;
};

void Batch::useThreads(std::string reason) {
    plan_.mode = ParallelMode::Threads;
    plan_.framesSideBySide = 1;
    plan_.threadsPerFrame = threadCount();
    plan_.reason = std::move(reason);
}

void Batch::useFrames(int sideBySide, std::string reason) {
    plan_.mode = ParallelMode::Frames;
    plan_.framesSideBySide = sideBySide;
    plan_.threadsPerFrame = 1;
    plan_.reason = std::move(reason);
}

void Batch::deliverTo(std::size_t end) {
    for (; delivered_ < end; ++delivered_) {
        deliver_(queue_.take(delivered_));
    }
}

/// Runs the next frames; they are delivered only when all are done, so that what the caller does
/// with them does not disturb the measurement.
std::vector<FrameTime> Batch::timed(std::size_t frames) {
    const std::size_t begin = delivered_;
    queue_.release(begin + frames);
    auto times = queue_.times(begin, begin + frames);
    deliverTo(begin + frames);
    return times;
}

void Batch::measure(int sideBySide) {
    queue_.setSideBySide(1);
    const auto before = peakResidentBytes();
    const auto alone = timed(kThreadsFrames);
    const int fitting = framesThatFit(sideBySide, peakResidentBytes() - before);
    if (fitting < 2) {
        useThreads("memory holds one frame at a time");
        return;
    }
    queue_.setSideBySide(fitting);
    const auto together = timed(kRounds * static_cast<std::size_t>(fitting));
    const double alonePoints = rateOf(alone, 1, 1);
    const double togetherPoints = rateOf(together, static_cast<std::size_t>(fitting), fitting);
    double points = 0.0;
    for (const auto* times : {&alone, &together}) {
        for (const auto& time : *times) {
            points += static_cast<double>(time.points);
        }
    }
    const double mean = std::max(1.0, points / static_cast<double>(alone.size() + together.size()));
    plan_.threadsRate = alonePoints / mean;
    plan_.framesRate = togetherPoints / mean;
    auto reason = fmt::format("measured on the first {} frames", alone.size() + together.size());
    if (togetherPoints > alonePoints) {
        useFrames(fitting, std::move(reason));
    } else {
        useThreads(std::move(reason));
    }
}

BatchPlan Batch::run(std::size_t frames, int sideBySide) {
    if (options_.parallel == ParallelMode::Threads) {
        useThreads("as asked");
    } else if (sideBySide < 2) {
        useThreads("one frame at a time is all there is room for");
    } else if (options_.parallel == ParallelMode::Frames) {
        useFrames(sideBySide, "as asked");
    } else if (frames <= measuredFrames(sideBySide)) {
        useThreads("too few frames to measure");
    } else {
        measure(sideBySide);
    }
    queue_.setSideBySide(plan_.framesSideBySide);
    queue_.release(frames);
    deliverTo(frames);
    return plan_;
}

} // namespace

std::string_view toString(ParallelMode mode) {
    return std::find_if(
               kModeNames.begin(),
               kModeNames.end(),
               [mode](const ModeName& candidate) { return candidate.mode == mode; }
    )->name;
}

ParallelMode parallelModeFromName(std::string_view name) {
    for (const auto& candidate : kModeNames) {
        if (candidate.name == name) {
            return candidate.mode;
        }
    }
    throw ConfigError(
        fmt::format("unknown way to run in parallel '{}'", name), "known: auto, frames, threads"
    );
}

std::string describe(const BatchPlan& plan) {
    const auto ways = [](int frames, int threads) {
        return frames > 1
                   ? fmt::format("{} frames side by side, 1 thread each", frames)
                   : fmt::format(
                         "one frame at a time on {} thread{}", threads, threads == 1 ? "" : "s"
                     );
    };
    auto text =
        fmt::format("{} ({}", ways(plan.framesSideBySide, plan.threadsPerFrame), plan.reason);
    if (plan.threadsRate && plan.framesRate) {
        text += fmt::format(
            ": {:.1f} frames/s side by side, {:.1f} one at a time",
            *plan.framesRate,
            *plan.threadsRate
        );
    }
    return text + ")";
}

std::size_t batchWindow(int sideBySide) noexcept {
    return kRounds * static_cast<std::size_t>(std::max(1, sideBySide)) + kReadAhead;
}

BatchReport runBatch(
    const BatchSource& source,
    const BatchWork& work,
    const BatchOptions& options,
    const std::function<void(BatchResult)>& deliver
) {
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    const int wanted = options.sideBySide > 0 ? options.sideBySide : threadCount();
    const int sideBySide = static_cast<int>(
        std::min(static_cast<std::size_t>(wanted), std::max<std::size_t>(1, source.frames))
    );
    FrameQueue queue(
        {.source = source,
         .work = work,
         .stop = options.stop,
         .progress = options.progress,
         .workers = options.parallel == ParallelMode::Threads ? 1 : sideBySide,
         .window = batchWindow(sideBySide)}
    );
    BatchReport report;
    report.plan = Batch(queue, options, deliver).run(source.frames, sideBySide);
    report.frames = source.frames;
    report.busyShare = queue.busyShare();
    report.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    return report;
}

} // namespace siskin
