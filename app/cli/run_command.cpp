// SPDX-License-Identifier: MIT
#include "app/cli/run_command.hpp"

#include "app/cli/devices.hpp"
#include "app/cli/environment.hpp"
#include "app/cli/frame_list.hpp"
#include "app/cli/regions_command.hpp"
#include "app/cli/run_options.hpp"
#include "app/cli/run_outputs.hpp"
#include "app/cli/version.hpp"
#include "core/base/cancel.hpp"
#include "core/base/parallel.hpp"
#include "core/base/resources.hpp"
#include "core/report/paper_comparison.hpp"
#include "core/report/paper_models.hpp"
#include "core/report/scan_view.hpp"
#include "core/run/batch.hpp"
#include "core/run/devices.hpp"
#include "core/run/fallback_model.hpp"
#include "core/sparse/sparse_ops.hpp"

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
    std::string paperName; ///< of --preset
};

/// Opens what was asked for, or the processor where that fails and may.
std::shared_ptr<const SparseOps> openOrFallBack(const RunRequest& request, Progress& progress) {
    try {
        return openDevice(request.device);
    } catch (const DeviceError& error) {
        if (!request.fallback) {
            throw;
        }
        progress.warn(fmt::format("{}; going on on the processor", error.what()));
        return openDevice("cpu");
    }
}

/// `model`, which goes on on the processor where its device fails and may.
std::unique_ptr<ScanModel> withFallback(
    std::unique_ptr<ScanModel> model,
    const ModelArgument& argument,
    const RunRequest& request,
    const ModelSetting& setting
) {
    if (!request.fallback || setting.device->name() == "cpu") {
        return model;
    }
    return makeFallbackModel(std::move(model), [argument, setting] {
        auto onProcessor = setting;
        auto plain = argument;
        onProcessor.device = openDevice("cpu");
        plain.precision = Precision::Float32;
        return loadModel(plain, Precision::Float32, onProcessor);
    });
}

std::vector<NamedModel>
loadModels(const RunRequest& request, const ModelSetting& setting, Progress& progress) {
    std::vector<NamedModel> models;
    std::vector<std::string> labels;
    const bool fellBack = request.fallback && setting.device->name() != request.device &&
                          setting.device->name() == "cpu";
    const auto precision = fellBack ? Precision::Float32 : request.precision;
    for (const auto& argument : request.models) {
        progress.begin(
            fmt::format("loading model {} of {}", models.size() + 1, request.models.size())
        );
        auto model =
            withFallback(loadModel(argument, precision, setting), argument, request, setting);
        labels.push_back(uniqueLabel(model->info().label, labels));
        models.push_back({std::move(model), labels.back(), {}});
    }
    return models;
}

/// The networks of --preset that fit what the scan shows.
std::vector<NamedModel> loadPaperModels(
    const RunRequest& request, const Scan& scan, const ModelSetting& setting, Progress& progress
) {
    const auto task = taskOf(scan, taskOfClasses(setting.usual->name()));
    std::vector<NamedModel> models;
    for (auto& paper : paperModels(task, request.weightsFolder)) {
        progress.begin(fmt::format("loading {}", paper.name));
        paper.spec.votes = setting.votes;
        auto model = loadModel(paper.spec, setting);
        models.push_back({std::move(model), paper.spec.label, paper.name});
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

/// A frame's scan; with --category, one that says what it shows.
std::shared_ptr<const Scan> readFrame(const PendingFrame& frame, const RunRequest& request) {
    auto scan = frame.reader->read(frame.index);
    if (!request.category || scan->shapeCategory) {
        return scan;
    }
    auto named = std::make_shared<Scan>(*scan);
    named->shapeCategory = request.category;
    return named;
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

/// Every model in turn, again and again, so that whatever slows the machine down for a while slows
/// all of them; the first round warms up.
std::vector<std::vector<RunResult>> runInTurns(const Run& run, const Scan& scan) {
    std::vector<std::vector<RunResult>> results(run.models.size());
    for (int round = 0; round <= run.request.repeat; ++round) {
        for (std::size_t i = 0; i < run.models.size(); ++i) {
            const auto& model = run.models[i];
            run.progress.begin(fmt::format(
                "{} on {}, {}",
                model.label,
                scan.id,
                round == 0 ? "warm-up" : fmt::format("run {} of {}", round, run.request.repeat)
            ));
            const RunOptions options{
                .stop = run.stop, .progress = [&](double fraction, std::string_view stage) {
                    run.progress.update(fraction, stage);
                }};
            auto result = runNamed(model, scan, options);
            if (round > 0) {
                results[i].push_back(std::move(result));
            }
        }
    }
    return results;
}

/// With --repeat: one frame after the other and nothing else meanwhile, because it is for timing.
void timeFrames(const Run& run) {
    for (const auto& pending : run.frames) {
        throwIfStopRequested(run.stop);
        FrameReport frame{.scan = readFrame(pending, run.request), .runs = {}, .grid = run.grid};
        warnAbout(*frame.scan, run.progress);
        std::vector<std::string> names;
        auto results = runInTurns(run, *frame.scan);
        for (std::size_t i = 0; i < run.models.size(); ++i) {
            frame.runs.push_back(makeModelRun(std::move(results[i]), *frame.scan, run.grid));
            names.push_back(run.models[i].paperName);
        }
        if (run.request.preset.empty()) {
            run.outputs.add(frame);
        } else {
            const auto published = readPublishedFigures(resourcePath("published_results.csv"));
            run.outputs.add(frame, paperComparison(frame, names, published));
        }
    }
}

/// Without: as many frames per second as the machine can.
void streamFrames(const Run& run) {
    const BatchSource source{
        .frames = run.frames.size(),
        .read = [&](std::size_t i) { return readFrame(run.frames[i], run.request); },
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
    Progress progress(Progress::styleFor(request.quiet));
    const auto device = openOrFallBack(request, progress);
    auto frames = listFrames(
        request.scans, request.frames, classMap, static_cast<std::size_t>(request.sweeps)
    );
    if (!request.preset.empty() && frames.size() > 1) {
        progress.note(fmt::format(
            "--preset runs on one frame: {} of {}; choose with --frame",
            frames.front().info().id,
            frames.size()
        ));
        frames.resize(1);
    }
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
        .energy = {},
        .votes = request.votes};
    setting.energy.tdpWatts = request.tdpWatts;
    const auto models =
        request.preset.empty()
            ? loadModels(request, setting, progress)
            : loadPaperModels(request, *readFrame(frames.front(), request), setting, progress);
    calibrate(frames, models, stop, progress);
    const Run run{request, grid, frames, models, outputs, progress, stop};
    try {
        request.repeat > 1 || !request.preset.empty() ? timeFrames(run) : streamFrames(run);
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
