// SPDX-License-Identifier: MIT
#include "app/cli/train_command.hpp"

#include "app/cli/devices.hpp"
#include "app/cli/train_cones.hpp"
#include "app/cli/train_setup.hpp"
#include "app/cli/version.hpp"
#include "core/base/cancel.hpp"
#include "core/base/parallel.hpp"
#include "core/checkpoint/checkpoint.hpp"
#include "core/report/format.hpp"
#include "core/sparse/sparse_ops.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

namespace siskin::cli {

namespace {

std::string formatDuration(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds + 0.5);
    return whole >= 3600 ? fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60)
           : whole >= 60 ? fmt::format("{} min {:02} s", whole / 60, whole % 60)
                         : fmt::format("{} s", whole);
}

/// The live line on a terminal; elsewhere a line now and then.
class LiveLine {
  public:
    LiveLine(Progress& progress, bool quiet)
        : progress_(progress), lines_(Progress::styleFor(quiet) == Progress::Style::Lines) {}

    void show(const StepReport& report) {
        constexpr auto kPause = std::chrono::seconds(20);
        auto text = fmt::format(
            "step {} of {}, loss {:.3f}, {} left",
            report.step,
            report.steps,
            report.loss,
            formatDuration(report.secondsLeft)
        );
        if (report.lastScore >= 0.0) {
            text += fmt::format(", val mIoU {}", formatPercent(report.lastScore));
        }
        progress_.update(
            static_cast<double>(report.step) / static_cast<double>(report.steps), text
        );
        const auto now = std::chrono::steady_clock::now();
        if (lines_ && now - lastLine_ > kPause) {
            lastLine_ = now;
            progress_.note(text);
        }
    }

  private:
    Progress& progress_;
    bool lines_;
    std::chrono::steady_clock::time_point lastLine_;
};

/// ", instance mIoU 85.1 %, ..."
std::string describeOthers(const TrainingTask& task) {
    std::string text;
    for (const auto& [name, score] : task.otherScores()) {
        text += fmt::format(", {} {}", name, formatPercent(score));
    }
    return text;
}

/// Weight files that say what they are.
void storeWeights(
    const Preparation& all,
    const TrainingTask& task,
    const std::filesystem::path& file,
    const StateDict& weights,
    const TrainingState& state,
    const std::optional<IouScores>& scores
) {
    auto metadata = all.metadata;
    metadata.step = state.step;
    if (scores) {
        metadata.scores = toJson(*all.classMap, *scores, task.otherScores()).dump();
    }
    const auto map =
        all.request.cones ? conesMetadata(metadata, *all.request.cones) : toMap(metadata);
    writeSafetensors(file, storedWeights(weights, all.request.storeHalf), map);
}

TrainingObserver makeObserver(
    const Preparation& all,
    const TrainingTask& task,
    TrainRecord& record,
    Progress& progress,
    LiveLine& line
) {
    TrainingObserver observer;
    observer.step = [&line](const StepReport& report) { line.show(report); };
    observer.validating = [&progress](double fraction) { progress.update(fraction, "validation"); };
    observer.validated = [&](const ValidationReport& report) {
        const auto scores = toJson(*all.classMap, report.scores, task.otherScores());
        record.set(report.best ? "best" : "last", {{"step", report.step}, {"scores", scores}});
        if (report.best) {
            record.set("last", {{"step", report.step}, {"scores", scores}});
        }
        record.write();
        progress.note(fmt::format(
            "epoch {:.2f}, step {}: loss {:.3f}, val mIoU {}{}{}",
            report.epoch,
            report.step,
            report.loss,
            formatPercent(report.scores.mean),
            describeOthers(task),
            report.best ? ", the best so far" : ""
        ));
    };
    observer.store = [&all, &task](
                         const char* file,
                         const StateDict& weights,
                         const TrainingState& state,
                         const std::optional<IouScores>& scores
                     ) { storeWeights(all, task, all.request.out / file, weights, state, scores); };
    return observer;
}

void describeChoices(const Preparation& all, const TrainingPlan& plan, TrainRecord& record) {
    nlohmann::ordered_json model{
        {"kind", all.request.cones ? toString(*all.request.cones) : toString(all.request.model)},
        {"width", all.metadata.width},
        {"parameters", all.metadata.parameters},
        {"classMap", all.metadata.classMap}};
    if (!isPointModel(all.request.model) && !all.request.cones) {
        model["voxelSize"] = all.metadata.voxelSize;
    }
    record.set("model", std::move(model));
    record.set(
        "plan",
        {{"steps", plan.schedule.steps},
         {"stepsPerEpoch", plan.stepsPerEpoch},
         {"warmup", plan.schedule.warmup},
         {"learningRate", plan.schedule.peak},
         {"optimiser", toString(plan.optimiser.kind)},
         {"weightDecay", plan.optimiser.weightDecay},
         {"seed", plan.seed}}
    );
    record.set("classWeights", all.weights);
}

Preparation prepareData(
    TrainRequest request, TrainRecord& record, const std::stop_token& stop, Progress& progress
) {
    auto all = prepare(std::move(request), stop, progress);
    if (all.request.resume) {
        record.requireSameData(all.data, all.validation);
    } else {
        record.setData(all.data, all.validation);
    }
    if (!all.labels.empty()) {
        progress.note(classTable(*all.classMap, all.labels, all.weights));
    }
    return all;
}

/// Throws `DeviceError` for a device that has no training.
std::shared_ptr<const SparseOps> openForTraining(const std::string& name) {
    auto device = openDevice(name);
    if (device->name() == "cuda") {
        throw DeviceError(
            "networks are not trained on a GPU yet", "leave --device out: the weights run on both"
        );
    }
    return device;
}

void runTraining(
    TrainRequest request, TrainRecord& record, const std::stop_token& stop, Progress& progress
) {
    auto all = prepareData(std::move(request), record, stop, progress);
    const auto task = makeTask(all, openForTraining(all.request.device), stop, progress);
    const auto plan = makePlan(all.request, task->samplesPerEpoch());
    for (const auto& parameter : task->parameters()) {
        all.metadata.parameters += parameter.numel();
    }
    describeChoices(all, plan, record);
    record.write();
    const auto label = all.request.cones ? fmt::format("{} for cones", titleOf(*all.request.cones))
                                         : defaultLabel(all.request.model, all.metadata.parameters);
    progress.begin(fmt::format("training {}", label));
    LiveLine line(progress, all.request.quiet);
    const auto observer = makeObserver(all, *task, record, progress, line);
    const auto outcome = train(*task, plan, observer, stop);
    record.set("finished", {{"step", outcome.state.step}, {"seconds", outcome.state.seconds}});
    record.write();
    progress.clear();
    if (outcome.lastConfusion) {
        const auto scores = intersectionOverUnion(*outcome.lastConfusion, AbsentClass::Skipped);
        fmt::print("after the last step:\n{}", scoreTable(*all.classMap, scores));
        for (const auto& [name, score] : task->otherScores()) {
            fmt::print("{:<18} {:>8}\n", name, formatPercent(score));
        }
        fmt::print(
            "best: mIoU {} after step {}\n",
            formatPercent(outcome.state.bestScore),
            outcome.state.bestStep
        );
    }
    fmt::print(
        "{} steps in {}; weights in {}\n",
        outcome.state.step,
        formatDuration(outcome.state.seconds),
        all.request.out.string()
    );
}

} // namespace

int trainCommand(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    auto request = parseTrainOptions(arguments);
    if (request.help) {
        std::fputs(trainHelp().c_str(), stdout);
        return static_cast<int>(ExitCode::Ok);
    }
    // What a typing mistake can spoil comes first, what takes long comes last.
    std::optional<TrainRecord> record;
    if (request.resume) {
        record.emplace(request.out);
        request = resumedRequest(request, *record);
    } else {
        requireNewFolder(request.out);
        record.emplace(request.out, request);
    }
    requireAugmentation(request);
    openForTraining(request.device);
    if (request.threads > 0) {
        setThreadCount(request.threads);
    }
    Progress progress(Progress::styleFor(request.quiet));
    const auto out = request.out;
    try {
        runTraining(std::move(request), *record, stop, progress);
    } catch (const Cancelled&) {
        progress.clear();
        std::error_code ignored;
        if (std::filesystem::is_regular_file(out / "train.json", ignored)) {
            fmt::print(stderr, "stopped; go on with: siskin train --resume {}\n", out.string());
        }
        throw;
    }
    return static_cast<int>(ExitCode::Ok);
}

} // namespace siskin::cli
