// SPDX-License-Identifier: MIT
#include "app/cli/run_command.hpp"

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

/// A loaded network and the name it goes by here, unique among the models of the run.
struct NamedPipeline {
    std::unique_ptr<Pipeline> pipeline;
    std::string label;
};

std::string uniqueLabel(const std::string& label, const std::vector<NamedPipeline>& others) {
    std::string unique = label;
    const auto taken = [&unique](const NamedPipeline& other) { return other.label == unique; };
    for (int number = 2; std::any_of(others.begin(), others.end(), taken); ++number) {
        unique = fmt::format("{} #{}", label, number);
    }
    return unique;
}

std::vector<NamedPipeline> loadPipelines(
    const RunRequest& request,
    const std::shared_ptr<const ClassMap>& chosen,
    const std::shared_ptr<const ClassMap>& usual,
    const std::shared_ptr<const SparseOps>& device,
    Progress& progress
) {
    EnergyMeterOptions energy;
    energy.tdpWatts = request.tdpWatts;
    std::vector<NamedPipeline> pipelines;
    for (const auto& model : request.models) {
        ModelSpec spec = makeModelSpec(model);
        spec.classMap = chosen ? chosen : classMapOf(spec, usual);
        spec.precision = model.precision.value_or(request.precision);
        progress.begin(fmt::format("loading {}", toString(spec.kind)));
        auto pipeline = Pipeline::load(spec, device, energy);
        auto label = uniqueLabel(pipeline->info().label, pipelines);
        pipelines.push_back({std::move(pipeline), std::move(label)});
    }
    return pipelines;
}

/// Reduced precisions that need it see the first few frames before anything is measured.
void calibrate(
    const std::vector<PendingFrame>& frames,
    const std::vector<NamedPipeline>& pipelines,
    const std::stop_token& stop,
    Progress& progress
) {
    constexpr std::size_t kFrames = 4;
    for (const auto& model : pipelines) {
        if (!model.pipeline->needsCalibration()) {
            continue;
        }
        progress.begin(fmt::format("calibrating {}", model.label));
        for (std::size_t i = 0; i < std::min(kFrames, frames.size()); ++i) {
            model.pipeline->calibrate(
                *frames[i].reader->read(frames[i].index), {.stop = stop, .progress = {}}
            );
        }
    }
}

RunResult runNamed(const NamedPipeline& model, const Scan& scan, const RunOptions& options) {
    auto result = model.pipeline->run(scan, options);
    result.model.label = model.label;
    result.prediction.model = model.label;
    return result;
}

std::vector<RunResult> runRepeatedly(
    const NamedPipeline& model,
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
    const std::vector<NamedPipeline>& pipelines;
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
        for (const auto& model : run.pipelines) {
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
        for (const auto& model : run.pipelines) {
            RunOptions part{.stop = options.stop, .progress = {}};
            part.progress = [&, done = static_cast<double>(results.size())](
                                double fraction, std::string_view stage
                            ) {
                options.progress(
                    (done + fraction) / static_cast<double>(run.pipelines.size()), stage
                );
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
    for (const auto& model : run.pipelines) {
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

/// Quotes a word for a POSIX shell where that is needed.
std::string shellWord(const std::string& word) {
    constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        "_-+=:,./@%";
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
        return word;
    }
    std::string quoted(1, '\'');
    for (const char character : word) {
        if (character == '\'') {
            quoted.append("'\\''");
        } else {
            quoted.push_back(character);
        }
    }
    quoted.push_back('\'');
    return quoted;
}

Environment
describeEnvironment(const RunRequest& request, const std::vector<std::string>& arguments) {
    Environment environment;
    environment.programVersion = programVersion();
    environment.device = request.device;
    environment.threads = threadCount();
    environment.libraries = libraryVersions();
    environment.command = "siskin run";
    for (const auto& argument : arguments) {
        environment.command += fmt::format(" {}", shellWord(argument));
    }
    return environment;
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
    const auto frames = listFrames(request.scans, request.frames, classMap);
    Progress progress(Progress::styleFor(request.quiet));
    RunOutputs outputs(
        request, frames.size(), grid, describeEnvironment(request, arguments), progress
    );
    const auto usual = frames.front().reader->classMap();
    const auto pipelines = loadPipelines(request, classMap, usual, device, progress);
    calibrate(frames, pipelines, stop, progress);
    const Run run{request, grid, frames, pipelines, outputs, progress, stop};
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
