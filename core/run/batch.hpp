// SPDX-License-Identifier: MIT
// Many frames in a row as fast as the machine can: each frame on all threads, or as many frames
// side by side as there are threads. Which is faster is measured on the first frames.
#pragma once

#include "core/run/pipeline.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

/// What runs in parallel: frames (one thread each), the threads of one frame, or what measures
/// faster.
enum class ParallelMode { Auto, Frames, Threads };

std::string_view toString(ParallelMode mode); ///< "auto", "frames", "threads"
/// Throws `ConfigError` listing the known names.
ParallelMode parallelModeFromName(std::string_view name);

/// The frames of a batch by position, 0 to `frames` - 1.
struct BatchSource {
    std::size_t frames = 0;
    /// Called in order, by one thread that reads ahead.
    std::function<std::shared_ptr<const Scan>(std::size_t)> read;
    /// For messages, e.g. the frame's id. Any thread.
    std::function<std::string(std::size_t)> name;
};

/// What to do with a frame: one result per network. Several calls may run at once.
using BatchWork = std::function<std::vector<RunResult>(const Scan&, const RunOptions&)>;

struct BatchResult {
    std::size_t position = 0;
    std::shared_ptr<const Scan> scan;
    std::vector<RunResult> results;
};

struct BatchOptions {
    ParallelMode parallel = ParallelMode::Auto;
    int sideBySide = 0; ///< frames at once; 0 = `threadCount()`, or fewer when memory is short
    std::stop_token stop;
    /// Over the whole batch; any thread, one call at a time; may be empty.
    std::function<void(double fraction, std::string_view stage)> progress;
};

/// How a batch ran, and why.
struct BatchPlan {
    ParallelMode mode = ParallelMode::Threads; ///< never `Auto`
    int framesSideBySide = 1;
    int threadsPerFrame = 1;
    /// Frames per second of work alone (without reading), per way; empty when not measured.
    std::optional<double> threadsRate;
    std::optional<double> framesRate;
    std::string reason; ///< e.g. "measured on the first 9 frames"
};

struct BatchReport {
    BatchPlan plan;
    std::size_t frames = 0;
    double seconds = 0.0; ///< from the first read to the last result delivered
    /// Of the time in which frames could have run, the share that did not wait for reading, 0..1.
    double busyShare = 1.0;

    double framesPerSecond() const noexcept {
        return seconds > 0.0 ? static_cast<double>(frames) / seconds : 0.0;
    }
};

/// "2 frames side by side, 1 thread each; measured on ...: 11.9 frames/s, 9.8 with 2 threads per
/// frame".
std::string describe(const BatchPlan& plan);

/// Runs all frames and hands the results, in order, to `deliver` on the calling thread. Reading
/// goes on ahead on its own thread; at most `batchWindow` frames wait for `deliver` at
/// any time.
///
/// Measuring costs nothing but the slower way on a few frames, whose results count like any other:
/// with `Auto`, 3 frames with all threads each, then 3 per thread side by side, the first of each
/// way as a warm-up. A batch that ends before that is not measured and runs with all threads.
///
/// The first trouble in the order of frames is thrown after what came before it was delivered, as
/// an `Error` that names the frame; `Cancelled` when `options.stop` was requested. What `deliver`
/// throws ends the batch.
BatchReport runBatch(
    const BatchSource& source,
    const BatchWork& work,
    const BatchOptions& options,
    const std::function<void(BatchResult)>& deliver
);

/// Most frames that are read, running or waiting to be delivered with so many side by side.
std::size_t batchWindow(int sideBySide) noexcept;

} // namespace siskin
