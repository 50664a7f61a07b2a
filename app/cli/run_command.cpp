// SPDX-License-Identifier: MIT
#include "app/cli/run_command.hpp"

#include "app/cli/frame_list.hpp"
#include "app/cli/regions_command.hpp"
#include "app/cli/run_options.hpp"
#include "app/cli/run_outputs.hpp"
#include "app/cli/version.hpp"
#include "core/base/cancel.hpp"
#include "core/base/parallel.hpp"
#include "core/run/devices.hpp"

#include <fmt/format.h>

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
    const std::shared_ptr<const ClassMap>& classMap,
    const std::shared_ptr<const SparseOps>& device,
    Progress& progress
) {
    EnergyMeterOptions energy;
    energy.tdpWatts = request.tdpWatts;
    std::vector<NamedPipeline> pipelines;
    for (const auto& model : request.models) {
        ModelSpec spec;
        spec.kind = model.kind;
        spec.weights = model.weights;
        spec.config = model.config;
        spec.classMap = classMap;
        spec.randomWidth = model.randomWidth;
        progress.begin(fmt::format("loading {}", toString(model.kind)));
        auto pipeline = Pipeline::load(spec, device, energy);
        auto label = uniqueLabel(pipeline->info().label, pipelines);
        pipelines.push_back({std::move(pipeline), std::move(label)});
    }
    return pipelines;
}

std::vector<RunResult> runRepeatedly(
    const NamedPipeline& model,
    const Scan& scan,
    int repeat,
    const std::stop_token& stop,
    Progress& progress
) {
    const int warmUps = repeat > 1 ? 1 : 0;
    progress.begin(fmt::format("{} on {}", model.label, scan.id));
    std::vector<RunResult> results;
    for (int i = 0; i < warmUps + repeat; ++i) {
        const RunOptions options{
            .stop = stop, .progress = [&](double fraction, std::string_view stage) {
                progress.update((i + fraction) / (warmUps + repeat), stage);
            }};
        auto result = model.pipeline->run(scan, options);
        if (i >= warmUps) {
            result.model.label = model.label;
            result.prediction.model = model.label;
            results.push_back(std::move(result));
        }
    }
    return results;
}

FrameReport runFrame(
    const PendingFrame& pending,
    const std::vector<NamedPipeline>& pipelines,
    const RunRequest& request,
    const GridIntensity& grid,
    const std::stop_token& stop,
    Progress& progress
) {
    throwIfStopRequested(stop);
    FrameReport frame{.scan = pending.reader->read(pending.index), .runs = {}, .grid = grid};
    for (const auto& warning : frame.scan->warnings) {
        progress.warn(warning);
    }
    for (const auto& model : pipelines) {
        auto results = runRepeatedly(model, *frame.scan, request.repeat, stop, progress);
        frame.runs.push_back(makeModelRun(std::move(results), *frame.scan, grid));
    }
    return frame;
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
    const auto pipelines = loadPipelines(request, classMap, device, progress);
    bool anyDone = false;
    try {
        for (const auto& frame : frames) {
            outputs.add(runFrame(frame, pipelines, request, grid, stop, progress));
            anyDone = true;
        }
    } catch (const Cancelled&) {
        if (anyDone) {
            outputs.finish(false);
        }
        throw;
    }
    outputs.finish(true);
    return static_cast<int>(ExitCode::Ok);
}

} // namespace siskin::cli
