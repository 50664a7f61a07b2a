// SPDX-License-Identifier: MIT
#include "app/cli/eval_command.hpp"

#include "app/cli/check_submission.hpp"
#include "app/cli/environment.hpp"
#include "app/cli/eval_options.hpp"
#include "app/cli/eval_reports.hpp"
#include "app/cli/eval_setup.hpp"
#include "app/cli/regions_command.hpp"
#include "app/cli/version.hpp"
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/base/parallel.hpp"
#include "core/benchmark/folder.hpp"
#include "core/submission/submission_format.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cmath>
#include <cstdio>

namespace siskin::cli {

namespace {

/// "412/4071 frames, 5.2/s, 11 min left".
class RateText {
  public:
    explicit RateText(std::size_t frames) : frames_(frames) {}

    std::string at(double fraction) const {
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin_;
        const double done = fraction * static_cast<double>(frames_);
        auto text = fmt::format("{:.0f}/{} frames", std::floor(done), frames_);
        if (done >= 1.0 && elapsed.count() > 0.5) {
            const double rate = done / elapsed.count();
            text += fmt::format(
                ", {:.3g}/s, {} left", rate, span((static_cast<double>(frames_) - done) / rate)
            );
        }
        return text;
    }

  private:
    static std::string span(double seconds) {
        if (seconds < 90.0) {
            return fmt::format("{:.0f} s", seconds);
        }
        return seconds < 5400.0 ? fmt::format("{:.0f} min", seconds / 60.0)
                                : fmt::format("{:.1f} h", seconds / 3600.0);
    }

    std::size_t frames_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// Everything of one `siskin eval`.
class Evaluation {
  public:
    Evaluation(
        const EvalRequest& request,
        const EvalData& data,
        const EvalModels& models,
        Environment environment,
        Progress& progress,
        const std::stop_token& stop
    )
        : request_(request), data_(data), models_(models), progress_(progress), stop_(stop),
          environment_(std::move(environment)), plan_(makePlan(request, data, models.planned)),
          folder_(request.out, request.shard), format_(plan_.benchmark, plan_.split),
          summary_(plan_) {}

    void run(const GridIntensity& grid) {
        prepareFolder();
        const auto past = readJournal(folder_.journalFile(), plan_, [&](const FrameRecord& record) {
            summary_.add(record);
        });
        const auto todo = framesToDo(plan_, past);
        removeLeftovers(todo);
        sessions_ = past.sessions;
        if (!todo.empty()) {
            if (past.frames() > 0) {
                progress_.note(fmt::format(
                    "going on: {} frames are done, {} are left", past.frames(), todo.size()
                ));
            }
            evaluateFrames(past, todo.size());
        }
        drawWorst();
        if (plan_.shard.count > 1) {
            closeShard();
        } else {
            closeWhole(grid);
        }
    }

  private:
    /// The plan of an earlier run must be this one.
    void prepareFolder() {
        if (request_.fresh) {
            folder_.clear();
        }
        std::error_code ignored;
        if (!std::filesystem::exists(folder_.planFile(), ignored)) {
            writeFileAtomically(folder_.planFile(), planText(plan_));
            return;
        }
        const auto file = folder_.planFile();
        const auto known = planFromText(readTextFile(file), file.string());
        auto difference = firstDifference(identityOf(known), identityOf(plan_));
        if (difference.empty() && known.submission != plan_.submission) {
            difference = known.submission ? "it was begun with --submission"
                                          : "it was begun without --submission";
        }
        if (!difference.empty()) {
            throw ConfigError(
                fmt::format("{} holds another evaluation: {}", folder_.path().string(), difference),
                "choose another --out, or add --fresh to start again"
            );
        }
    }

    void removeLeftovers(const std::vector<std::size_t>& todo) const {
        std::vector<std::filesystem::path> files;
        for (std::size_t model = 0; plan_.submission && model < plan_.models.size(); ++model) {
            for (const std::size_t position : todo) {
                const FrameInfo& info = data_.reader->frames()[data_.frames[position]];
                files.push_back(
                    submissionFolder(request_.out, plan_, model) /
                    format_.path(info.id, info.benchmarkName)
                );
            }
        }
        folder_.removeLeftovers(files);
    }

    void evaluateFrames(const JournalContent& past, std::size_t frames) {
        EvaluationInput input{plan_, *data_.reader, data_.frames, {}};
        for (const auto& model : models_.models) {
            input.models.push_back(model.get());
        }
        const RateText rate(frames);
        EvaluationOptions options;
        options.parallel = request_.parallel;
        options.warmUpRuns = request_.warmUpRuns;
        options.stopOnError = request_.stopOnError;
        options.stop = stop_;
        options.progress = [&](double fraction, std::string_view) {
            progress_.update(fraction, rate.at(fraction));
        };
        options.keep = [&](const EvaluatedFrame& frame) { keep(frame); };
        options.failed = [&](const FrameFailure& failure) {
            progress_.warn(fmt::format("{}: left out: {}", failure.frame, failure.message));
        };
        progress_.begin(fmt::format("evaluating {} frames", frames));
        Journal journal(folder_.journalFile(), plan_, past.validBytes);
        try {
            sessions_.push_back(evaluate(input, options, past, journal, summary_));
            if (warnedFrames_ > 0) {
                progress_.warn(fmt::format(
                    "{} frame(s) have warnings, all are in {}; the first: {}",
                    warnedFrames_,
                    folder_.journalFile().string(),
                    firstWarning_
                ));
            }
        } catch (const Cancelled&) {
            progress_.note("interrupted; the same command goes on from here");
            throw;
        }
    }

    void keep(const EvaluatedFrame& frame) {
        if (!frame.record.warnings.empty()) {
            ++warnedFrames_;
            if (firstWarning_.empty()) {
                firstWarning_ = frame.record.warnings.front();
            }
        }
        for (std::size_t i = 0; i < frame.results.size(); ++i) {
            RunResult& result = frame.results[i];
            nameAfterPlan(result, i);
            if (plan_.submission) {
                format_.write(
                    submissionFolder(request_.out, plan_, i), *frame.scan, result.prediction
                );
            }
        }
    }

    /// Pictures of the worst frames come last, from a run of their own: drawing one takes as long
    /// as many small frames.
    void drawWorst() {
        const auto worst = summary_.worstFrames(kWorstFrames);
        folder_.keepPictures(worst);
        progress_.begin("drawing the worst frames");
        for (const std::size_t position : worst) {
            const auto file = pictureFile(folder_.path(), position);
            std::error_code ignored;
            if (std::filesystem::is_regular_file(file, ignored)) {
                continue;
            }
            FrameReport report{
                .scan = data_.reader->read(data_.frames[position]), .runs = {}, .grid = {}};
            for (std::size_t i = 0; i < models_.models.size(); ++i) {
                ModelRun run;
                run.result = models_.models[i]->run(*report.scan, {.stop = stop_, .progress = {}});
                nameAfterPlan(run.result, i);
                run.scores = scorePrediction(*report.scan, run.result.prediction);
                report.runs.push_back(std::move(run));
            }
            writeFileAtomically(file, errorPicture(report));
        }
    }

    /// The plan's labels are unique, the models' own are not.
    void nameAfterPlan(RunResult& result, std::size_t model) const {
        result.model.label = plan_.models[model].label;
        result.prediction.model = result.model.label;
    }

    void closeShard() {
        progress_.clear();
        fmt::print(
            "shard {}/{}: {} frames evaluated, {} failed; join the shards with: siskin merge {} "
            "--out DIR\n",
            plan_.shard.index,
            plan_.shard.count,
            summary_.rows().size(),
            summary_.failures().size(),
            request_.out.string()
        );
        requireNoFailures(summary_);
    }

    void closeWhole(const GridIntensity& grid) {
        if (plan_.submission) {
            for (std::size_t i = 0; i < plan_.models.size(); ++i) {
                format_.writeDescription(submissionFolder(request_.out, plan_, i));
            }
            zipSubmissions(
                plan_,
                [&](std::size_t model) { return submissionFolder(request_.out, plan_, model); },
                progress_,
                stop_
            );
        }
        const EvaluationReport report{summary_, sessions_, grid, environment_, true};
        writeReports(
            folder_.path(),
            report,
            [&](std::size_t position) { return pictureFile(folder_.path(), position); },
            progress_
        );
    }

    const EvalRequest& request_;
    const EvalData& data_;
    const EvalModels& models_;
    Progress& progress_;
    std::stop_token stop_;
    Environment environment_;
    EvaluationPlan plan_;
    EvaluationFolder folder_;
    SubmissionFormat format_;
    EvaluationSummary summary_;
    std::vector<EvaluationSession> sessions_;
    std::size_t warnedFrames_ = 0; ///< too many to print each
    std::string firstWarning_;
};

} // namespace

int evalCommand(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    const EvalRequest request = parseEvalOptions(arguments);
    if (request.help) {
        std::fputs(evalHelp().c_str(), stdout);
        return static_cast<int>(ExitCode::Ok);
    }
    // What a typing mistake can spoil comes first, what takes long comes last.
    const auto grid = findRegion(request.region);
    if (request.threads > 0) {
        setThreadCount(request.threads);
    }
    Progress progress(Progress::styleFor(request.quiet));
    const EvalData data = openEvalData(request);
    for (const auto& warning : data.reader->warnings()) {
        progress.warn(warning);
    }
    if (!request.check.empty()) {
        return checkSubmissionCommand(
            *data.reader, data.frames, {request.check, request.split}, progress, stop
        );
    }
    if (request.shardFromSlurm) {
        progress.note(fmt::format(
            "part {} of {}, as Slurm's array job says", request.shard.index, request.shard.count
        ));
    }
    const EvalModels models = loadEvalModels(request, data, progress);
    Evaluation evaluation(
        request,
        data,
        models,
        describeEnvironment("eval", request.device, arguments),
        progress,
        stop
    );
    evaluation.run(grid);
    return static_cast<int>(ExitCode::Ok);
}

} // namespace siskin::cli
