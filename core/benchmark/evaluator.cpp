// SPDX-License-Identifier: MIT
#include "core/benchmark/evaluator.hpp"

#include "core/base/cancel.hpp"
#include "core/benchmark/frame_scores.hpp"
#include "core/trace/trace.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <unistd.h>

namespace siskin {

namespace {

/// What becomes of a frame between reading and delivery.
struct InFlight {
    FrameRecord record;
    std::optional<FrameFailure> failure;
};

FrameMeasurement measurementOf(const RunResult& result) {
    FrameMeasurement measured;
    measured.seconds = result.trace.totalSeconds();
    for (const Span& stage : result.trace.root.children) {
        measured.stages.emplace_back(stage.name, stage.duration);
    }
    measured.joules = result.energy.total();
    measured.energyMethod = badge(result.energy.method());
    measured.framesSideBySide = result.trace.framesSideBySide;
    return measured;
}

std::string hostName() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

std::string utcNow() {
    const auto now = std::chrono::system_clock::now();
    return fmt::format(
        "{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(now))
    );
}

class Evaluator {
  public:
    Evaluator(
        const EvaluationInput& input,
        const EvaluationOptions& options,
        Journal& journal,
        EvaluationSummary& summary,
        std::vector<std::size_t> todo
    )
        : input_(input), options_(options), journal_(journal), summary_(summary),
          todo_(std::move(todo)) {}

    EvaluationSession run() {
        begin_ = Clock::now();
        session_.host = hostName();
        session_.started = utcNow();
        session_.shard = input_.plan.shard;
        session_.device = input_.models.front()->info().device;
        session_.parallel = "not known yet";
        journal_.append(session_); // so that a killed process leaves a trace
        try {
            calibrate();
            warmUp();
            const auto report = runAll();
            session_.complete = true;
            session_.busyShare = report.busyShare;
            session_.parallel = describe(report.plan);
        } catch (const Cancelled&) {
            close();
            throw;
        }
        close();
        return session_;
    }

  private:
    using Clock = std::chrono::steady_clock;

    const FrameInfo& infoAt(std::size_t position) const {
        return input_.reader.frames().at(input_.frames.at(position));
    }

    std::shared_ptr<const Scan> readAt(std::size_t position) const {
        return input_.reader.read(input_.frames.at(position));
    }

    /// Always on the plan's first frames, so that every shard gets the same scales.
    void calibrate() {
        constexpr std::size_t kFrames = 4;
        for (ScanModel* model : input_.models) {
            if (!model->needsCalibration()) {
                continue;
            }
            for (std::size_t i = 0; i < std::min(kFrames, input_.frames.size()); ++i) {
                model->calibrate(*readAt(i), {.stop = options_.stop, .progress = {}});
            }
        }
    }

    void warmUp() {
        if (todo_.empty() || options_.warmUpRuns == 0) {
            return;
        }
        try {
            const auto scan = readAt(todo_.front());
            for (int i = 0; i < options_.warmUpRuns; ++i) {
                for (const ScanModel* model : input_.models) {
                    model->run(*scan, {.stop = options_.stop, .progress = {}});
                }
            }
            session_.warmUpRuns = options_.warmUpRuns;
        } catch (const Cancelled&) {
            throw;
        } catch (const Error&) {
            // The frame comes again and fails there, where failures are counted.
        }
    }

    BatchReport runAll() {
        const BatchSource source{
            .frames = todo_.size(),
            .read = [this](std::size_t i) { return read(todo_[i]); },
            .name = [this](std::size_t i) { return infoAt(todo_[i]).id; }};
        const BatchWork work = [this](const Scan& scan, const RunOptions& options) {
            return runModels(scan, options);
        };
        const BatchOptions batch{
            .parallel = options_.parallel, .stop = options_.stop, .progress = options_.progress};
        return runBatch(source, work, batch, [this](BatchResult result) { deliver(result); });
    }

    /// A frame that cannot be read still goes through, empty, so that its failure is delivered in
    /// its turn.
    std::shared_ptr<const Scan> read(std::size_t position) {
        InFlight frame;
        frame.record.position = position;
        frame.record.frame = infoAt(position).id;
        frame.record.group = infoAt(position).group;
        std::shared_ptr<const Scan> scan;
        try {
            scan = readAt(position);
            frame.record.points =
                static_cast<std::int64_t>(scan->pointCount() - scan->contextPoints);
            frame.record.warnings = scan->warnings;
            frame.record.readSeconds = scan->readSeconds;
        } catch (const Error& error) {
            fail(frame, error);
            scan = std::make_shared<Scan>();
        }
        const std::scoped_lock lock(mutex_);
        inFlight_.emplace(scan.get(), std::move(frame));
        return scan;
    }

    void fail(InFlight& frame, const Error& error) const {
        if (options_.stopOnError || error.exitCode() == ExitCode::Interrupted) {
            throw; // called while it is handled
        }
        frame.failure = {frame.record.position, frame.record.frame, error.line()};
    }

    std::vector<RunResult> runModels(const Scan& scan, const RunOptions& options) {
        InFlight& frame = inFlightOf(scan);
        if (frame.failure) {
            return {};
        }
        const std::size_t count = input_.models.size();
        std::vector<RunResult> results(count);
        try {
            for (std::size_t turn = 0; turn < count; ++turn) {
                const std::size_t model = (frame.record.position + turn) % count;
                RunOptions part{.stop = options.stop, .progress = {}};
                part.progress = [&](double fraction, std::string_view stage) {
                    const double done = static_cast<double>(turn) + fraction;
                    options.progress(done / static_cast<double>(count), stage);
                };
                results[model] = input_.models[model]->run(scan, part);
            }
            score(scan, results, frame.record);
        } catch (const Cancelled&) {
            throw;
        } catch (const Error& error) {
            fail(frame, error);
        }
        return results;
    }

    void score(const Scan& scan, const std::vector<RunResult>& results, FrameRecord& record) const {
        record.labels = scan.groundTruth.has_value();
        record.dataSha256 = contentSha256(scan);
        std::optional<FrameScorer> scorer;
        if (record.labels) {
            scorer.emplace(scan, input_.plan.benchmark);
        }
        for (std::size_t i = 0; i < results.size(); ++i) {
            ModelRecord model;
            model.voxels = results[i].voxels;
            model.measured = measurementOf(results[i]);
            if (scorer) {
                model.scores = scorer->score(results[i].prediction, input_.plan.models[i]);
            }
            record.models.push_back(std::move(model));
        }
    }

    InFlight& inFlightOf(const Scan& scan) {
        const std::scoped_lock lock(mutex_);
        return inFlight_.at(&scan);
    }

    void deliver(BatchResult& result) {
        const InFlight frame = take(*result.scan);
        if (frame.failure) {
            journal_.append(*frame.failure);
            summary_.add(*frame.failure);
            if (options_.failed) {
                options_.failed(*frame.failure);
            }
            return;
        }
        if (options_.keep) {
            options_.keep({frame.record, result.scan, result.results});
        }
        journal_.append(frame.record);
        summary_.add(frame.record);
        ++session_.frames;
    }

    InFlight take(const Scan& scan) {
        const std::scoped_lock lock(mutex_);
        return std::move(inFlight_.extract(&scan).mapped());
    }

    void close() {
        session_.seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
        session_.peakMemoryBytes = peakResidentBytes();
        journal_.append(session_);
    }

    const EvaluationInput& input_;
    const EvaluationOptions& options_;
    Journal& journal_;
    EvaluationSummary& summary_;
    std::vector<std::size_t> todo_;
    EvaluationSession session_;
    Clock::time_point begin_;
    std::mutex mutex_;                         // guards the map, not what it holds
    std::map<const Scan*, InFlight> inFlight_; // from reading to delivery
};

} // namespace

std::vector<std::size_t> framesToDo(const EvaluationPlan& plan, const JournalContent& past) {
    std::vector<std::size_t> positions;
    for (std::size_t position = 0; position < plan.frames; ++position) {
        if (plan.shard.holds(position) && !past.done[position]) {
            positions.push_back(position);
        }
    }
    return positions;
}

EvaluationSession evaluate(
    const EvaluationInput& input,
    const EvaluationOptions& options,
    const JournalContent& past,
    Journal& journal,
    EvaluationSummary& summary
) {
    return Evaluator(input, options, journal, summary, framesToDo(input.plan, past)).run();
}

} // namespace siskin
