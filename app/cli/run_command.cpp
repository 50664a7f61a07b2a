// SPDX-License-Identifier: MIT
#include "app/cli/run_command.hpp"

#include "app/cli/environment.hpp"
#include "app/cli/frame_list.hpp"
#include "app/cli/regions_command.hpp"
#include "app/cli/run_options.hpp"
#include "app/cli/run_outputs.hpp"
#include "app/cli/version.hpp"
#include "core/base/cancel.hpp"
#include "core/base/parallel.hpp"
#include "core/run/batch.hpp"
#include "core/run/devices.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>

namespace siskin::cli {

namespace {

/// A loaded model and the name it goes by here, unique among the models of the run.
struct NamedModel {
    std::unique_ptr<ScanModel> model;
    std::string label;
};

std::vector<NamedModel>
loadModels(const RunRequest& request, const ModelSetting& setting, Progress& progress) {
    std::vector<NamedModel> models;
    std::vector<std::string> labels;
    for (const auto& argument : request.models) {
        progress.begin(
            fmt::format("loading model {} of {}", models.size() + 1, request.models.size())
        );
        auto model = loadModel(argument, request.precision, setting);
        labels.push_back(uniqueLabel(model->info().label, labels));
        models.push_back({std::move(model), labels.back()});
    }
    return models;
}

/// Reduced precisions that need it see the first few frames before anything is measured.
void calibrate(
    const std::vector<PendingFrame>& frames,
    const std::vector<NamedModel>& models,
    const std::stop_token& stop,
    Progress& progress
) {
    constexpr std::size_t kFrames = 4;
    for (const auto& model : models) {
        if (!model.model->needsCalibration()) {
            continue;
        }
        progress.begin(fmt::format("calibrating {}", model.label));
        for (std::size_t i = 0; i < std::min(kFrames, frames.size()); ++i) {
            model.model->calibrate(
                *frames[i].reader->read(frames[i].index), {.stop = stop, .progress = {}}
            );
        }
    }
}

RunResult runNamed(const NamedModel& model, const Scan& scan, const RunOptions& options) {
    auto result = model.model->run(scan, options);
    result.model.label = model.label;
    result.prediction.model = model.label;
    return result;
}

std::vector<RunResult> runRepeatedly(
    const NamedModel& model,
    const Scan& scan,
    int repeat,
    const std::stop_token& stop,
    Progress& progress
) {
    progress.begin(fmt::format("{} on {}", model.label, scan.id));
    std::vector<RunResult> results;
    for (int i = 0; i <= repeat; ++i) { // the first run warms up
        const RunOptions options{
            .stop = stop, .progress = [&](double fraction, std::string_view stage) {
                progress.update((i + fraction) / (1 + repeat), stage);
            }};
        auto result = runNamed(model, scan, options);
        if (i > 0) {
            results.push_back(std::move(result));
        }
    }
    return results;
}

/// Everything that the frames of one command have in common.
struct Run {
    const RunRequest& request;
    const GridIntensity& grid;
    const std::vector<PendingFrame>& frames;
    const std::vector<NamedModel>& models;
    RunOutputs& outputs;
    Progress& progress;
    std::stop_token stop;
};

void warnAbout(const Scan& scan, Progress& progress) {
    for (const auto& warning : scan.warnings) {
        progress.warn(warning);
    }
}

/// With --repeat: one frame after the other and nothing else meanwhile, because it is for timing.
void timeFrames(const Run& run) {
    for (const auto& pending : run.frames) {
        throwIfStopRequested(run.stop);
        FrameReport frame{
            .scan = pending.reader->read(pending.index), .runs = {}, .grid = run.grid};
        warnAbout(*frame.scan, run.progress);
        for (const auto& model : run.models) {
            auto results =
                runRepeatedly(model, *frame.scan, run.request.repeat, run.stop, run.progress);
            frame.runs.push_back(makeModelRun(std::move(results), *frame.scan, run.grid));
        }
        run.outputs.add(frame);
    }
}

/// Without: as many frames per second as the machine can.
void streamFrames(const Run& run) {
    const BatchSource source{
        .frames = run.frames.size(),
        .read = [&](std::size_t i) { return run.frames[i].reader->read(run.frames[i].index); },
        .name = [&](std::size_t i) { return run.frames[i].info().id; }};
    const BatchWork work = [&](const Scan& scan, const RunOptions& options) {
        std::vector<RunResult> results;
        for (const auto& model : run.models) {
            RunOptions part{.stop = options.stop, .progress = {}};
            part.progress = [&, done = static_cast<double>(results.size())](
                                double fraction, std::string_view stage
                            ) {
                options.progress((done + fraction) / static_cast<double>(run.models.size()), stage);
            };
            results.push_back(runNamed(model, scan, part));
        }
        return results;
    };
    const BatchOptions options{
        .parallel = run.request.parallel,
        .stop = run.stop,
        .progress = [&](double fraction, std::string_view stage) {
            run.progress.update(fraction, stage);
        }};
    std::vector<std::string> labels;
    for (const auto& model : run.models) {
        labels.push_back(model.label);
    }
    run.progress.begin(fmt::format(
        "{} on {}",
        fmt::join(labels, ", "),
        run.frames.size() == 1 ? run.frames.front().info().id
                               : fmt::format("{} frames", run.frames.size())
    ));
    const auto report = runBatch(source, work, options, [&](BatchResult result) {
        FrameReport frame{.scan = std::move(result.scan), .runs = {}, .grid = run.grid};
        warnAbout(*frame.scan, run.progress);
        for (auto& one : result.results) {
            std::vector<RunResult> single;
            single.push_back(std::move(one));
            frame.runs.push_back(makeModelRun(std::move(single), *frame.scan, run.grid));
        }
        run.outputs.add(frame);
    });
    run.outputs.setThroughput(report);
}

} // namespace

int runCommand(const std::vector<std::string>& arguments, const std::stop_token& stop) {
    const RunRequest request = parseRunOptions(arguments);
    if (request.help) {
        std::fputs(runHelp().c_str(), stdout);
        return static_cast<int>(ExitCode::Ok);
    }
    // What a typing mistake can spoil comes first, what takes long comes last.
    const auto grid = findRegion(request.region);
    const auto classMap = loadClassMap(request.classMap);
    if (request.threads > 0) {
        setThreadCount(request.threads);
    }
    const auto device = openDevice(request.device);
    const auto frames = listFrames(
        request.scans, request.frames, classMap, static_cast<std::size_t>(request.sweeps)
    );
    Progress progress(Progress::styleFor(request.quiet));
    RunOutputs outputs(
        request,
        frames.size(),
        grid,
        describeEnvironment("run", request.device, arguments),
        progress
    );
    const DatasetReader& first = *frames.front().reader;
    ModelSetting setting{
        .benchmark = std::string(first.benchmark()),
        .usual = first.classMap(),
        .chosen = classMap,
        .device = device,
        .energy = {}};
    setting.energy.tdpWatts = request.tdpWatts;
    const auto models = loadModels(request, setting, progress);
    calibrate(frames, models, stop, progress);
    const Run run{request, grid, frames, models, outputs, progress, stop};
    try {
        request.repeat > 1 ? timeFrames(run) : streamFrames(run);
    } catch (const Cancelled&) {
        if (outputs.frames() > 0) {
            outputs.finish(false);
        }
        throw;
    }
    outputs.finish(true);
    return static_cast<int>(ExitCode::Ok);
}

} // namespace siskin::cli
