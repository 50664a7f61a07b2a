// SPDX-License-Identifier: MIT
#include "app/cli/train_setup.hpp"

#include "app/cli/frame_list.hpp"
#include "app/cli/train_cones.hpp"
#include "app/cli/version.hpp"
#include "core/base/error.hpp"
#include "core/base/file.hpp"
#include "core/checkpoint/checkpoint.hpp"
#include "core/run/point_devices.hpp"
#include "core/train/cloud_task.hpp"
#include "core/train/lidar_task.hpp"
#include "datasets/open.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace siskin::cli {

namespace {

namespace fs = std::filesystem;

/// Relative paths mean what they meant when the training began.
void resolvePaths(TrainRequest& request, const fs::path& base) {
    const auto resolve = [&base](auto& path) {
        const fs::path candidate = base / fs::path(path);
        if (fs::exists(candidate)) {
            path = candidate.string();
        }
    };
    for (auto& data : request.data) {
        resolve(data.path);
    }
    for (auto* path : {&request.validation, &request.classMap, &request.classWeights}) {
        if (!path->empty()) {
            resolve(*path);
        }
    }
    for (auto* path : {&request.config, &request.init}) {
        if (!path->empty()) {
            resolve(*path);
        }
    }
}

CountedData countData(
    const DataArgument& argument,
    const std::shared_ptr<const ClassMap>& classMap,
    bool cones,
    const std::stop_token& stop,
    Progress& progress
) {
    const auto& path = argument.path;
    const fs::path folder = fs::path(path).lexically_normal();
    const auto name = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
    auto data = labelledFrames(openDataset(path, classMap), name.string());
    data.share = argument.share;
    if (cones) { // before all of it is read
        trackOf(data.reader, data.name);
    }
    for (const auto& warning : data.reader->warnings()) {
        progress.warn(warning);
    }
    progress.begin(fmt::format("counting labels of {}", path));
    auto summary =
        summarise(data, stop, [&progress](double fraction) { progress.update(fraction, ""); });
    return {std::move(data), std::move(summary)};
}

/// Labels as often as their data set's part of the samples says.
std::vector<std::int64_t> sampledLabels(const std::vector<CountedData>& data) {
    std::vector<double> sums(data.front().summary.labels.size(), 0.0);
    for (const auto& counted : data) {
        const double perFrame =
            counted.data.share > 0.0
                ? counted.data.share / static_cast<double>(counted.summary.frames) * 1e3
                : 1.0;
        for (std::size_t c = 0; c < sums.size() && c < counted.summary.labels.size(); ++c) {
            sums[c] += perFrame * static_cast<double>(counted.summary.labels[c]);
        }
    }
    std::vector<std::int64_t> labels(sums.size());
    std::transform(sums.begin(), sums.end(), labels.begin(), [](double sum) {
        return static_cast<std::int64_t>(std::ceil(sum));
    });
    return labels;
}

std::vector<double>
lossWeights(const TrainRequest& request, ModelTask task, const std::vector<std::int64_t>& labels) {
    const std::string usual = task == ModelTask::ShapeParts ? "none" : "sqrt";
    const auto& rule = request.classWeights.empty() ? usual : request.classWeights;
    return rule == "none"   ? classWeights(labels, WeightRule::None)
           : rule == "sqrt" ? classWeights(labels, WeightRule::Sqrt)
           : rule == "log"  ? classWeights(labels, WeightRule::Log)
                            : readClassWeights(rule, labels.size());
}

std::string netConfigText(const TrainRequest& request, std::size_t classes) {
    if (request.config.empty()) {
        return {};
    }
    const auto text = readTextFile(request.config);
    const auto json = nlohmann::json::parse(text, nullptr, false);
    const bool fits =
        json.is_object() && json.contains("num_classes") && json["num_classes"] == classes;
    if (!fits) {
        throw ConfigError(
            fmt::format("{}: not a net.config for {} classes", request.config.string(), classes),
            "its num_classes must be that of the data, see --class-map"
        );
    }
    return text;
}

void requireTask(const TrainRequest& request, ModelTask task) {
    constexpr std::array kWords = {"LiDAR scans", "shapes", "rooms"};
    if (!existsFor(request.model, task)) {
        throw ConfigError(
            fmt::format(
                "{} does not learn {}, which the data are",
                titleOf(request.model),
                kWords[static_cast<std::size_t>(task)]
            ),
            "'siskin train --help' says which --model is for what"
        );
    }
}

/// What both kinds of tasks are told.
template <typename Options>
void fillCommon(const Preparation& all, Options& options) {
    const auto& request = all.request;
    options.batch = request.batch;
    options.classWeights = all.weights;
    options.labelSmoothing = request.labelSmoothing;
    options.seed = request.seed;
    for (const auto& counted : all.data) {
        options.data.push_back(counted.data);
    }
    if (all.validation) {
        options.validation = all.validation->data;
    }
}

std::unique_ptr<TrainingTask>
makeLidarTask(const Preparation& all, std::shared_ptr<const SparseOps> device) {
    const auto& request = all.request;
    LidarTaskOptions options{
        .network =
            {.kind = request.model,
             .width = request.width,
             .netConfig = all.metadata.netConfig,
             .classes = static_cast<std::int64_t>(all.classMap->size()),
             .voxelSize = static_cast<float>(request.voxelSize)},
        .maxVoxels = request.maxVoxels};
    if (!request.augmentation.empty()) {
        options.augmentation = augmentationFromText(request.augmentation);
    }
    fillCommon(all, options);
    return std::make_unique<LidarTask>(std::move(options), std::move(device));
}

std::unique_ptr<TrainingTask> makeCloudTask(
    const Preparation& all,
    std::shared_ptr<const SparseOps> device,
    const std::stop_token& stop,
    Progress& progress
) {
    const auto& request = all.request;
    const auto task = taskOfClasses(all.classMap->name());
    CloudTaskOptions options{
        .network = {.kind = request.model, .task = task, .width = request.width},
        .augmentation = cloudAugmentationFromText(request.augmentation, task),
        .points = request.points};
    fillCommon(all, options);
    auto points = pointOpsOf(*device);
    progress.begin("reading the training data");
    return std::make_unique<CloudTask>(
        std::move(options),
        std::move(device),
        std::move(points),
        stop,
        [&](double fraction) { progress.update(fraction, ""); }
    );
}

} // namespace

void requireNewFolder(const fs::path& folder) {
    std::error_code ignored;
    if (fs::is_regular_file(folder / "train.json", ignored)) {
        throw ConfigError(
            fmt::format("{}: holds a training already", folder.string()),
            fmt::format(
                "go on with 'siskin train --resume {}', or give another --out", folder.string()
            )
        );
    }
    if (fs::exists(folder, ignored) && !fs::is_empty(folder, ignored)) {
        throw ConfigError(
            fmt::format("{}: exists and is not an empty folder", folder.string()),
            "give another --out"
        );
    }
}

void requireAugmentation(const TrainRequest& request) {
    if (isPointModel(request.model)) {
        // Rooms have all there is; whether the data are rooms is not known yet.
        cloudAugmentationFromText(request.augmentation, ModelTask::IndoorScene);
    } else if (!request.augmentation.empty()) {
        augmentationFromText(request.augmentation);
    }
}

TrainRequest resumedRequest(const TrainRequest& given, const TrainRecord& record) {
    auto request = parseTrainOptions(record.arguments());
    resolvePaths(request, record.workingFolder());
    request.out = given.out;
    request.resume = true;
    request.quiet = given.quiet;
    request.threads = given.threads > 0 ? given.threads : request.threads;
    return request;
}

Preparation prepare(TrainRequest request, const std::stop_token& stop, Progress& progress) {
    Preparation all;
    all.request = std::move(request);
    const auto& wanted = all.request;
    const bool cones = wanted.cones.has_value();
    const auto classMap = loadClassMap(cones ? "cones-objects" : wanted.classMap);
    if (!wanted.validation.empty()) {
        all.validation = countData({wanted.validation}, classMap, cones, stop, progress);
    }
    for (const auto& data : wanted.data) {
        all.data.push_back(countData(data, classMap, cones, stop, progress));
    }
    all.classMap = all.data.front().data.reader->classMap();
    const auto task = taskOfClasses(all.classMap->name());
    if (!cones) { // those count and weigh objects, not points
        requireTask(wanted, task);
        all.labels = sampledLabels(all.data);
        all.weights = lossWeights(wanted, task, all.labels);
    }
    all.metadata = {
        .kind = wanted.model,
        .classMap = all.classMap->name(),
        .voxelSize = wanted.voxelSize,
        .netConfig = netConfigText(wanted, all.classMap->size()),
        .width = wanted.model == ModelKind::Spvnas ? 0.0 : wanted.width,
        .seed = wanted.seed,
        .commit = programCommit(),
        .version = programVersion()};
    for (const auto& data : all.data) {
        all.metadata.data += (all.metadata.data.empty() ? "" : "; ") + describe(data);
    }
    return all;
}

std::unique_ptr<TrainingTask> makeTask(
    const Preparation& all,
    std::shared_ptr<const SparseOps> device,
    const std::stop_token& stop,
    Progress& progress
) {
    const auto& request = all.request;
    auto task = request.cones ? makeConesTask(all, std::move(device), stop, progress)
                : isPointModel(request.model)
                    ? makeCloudTask(all, std::move(device), stop, progress)
                    : makeLidarTask(all, std::move(device));
    if (!request.init.empty() && !request.resume) {
        task->load(readCheckpoint(request.init).tensors);
    }
    return task;
}

TrainingPlan makePlan(const TrainRequest& request, std::size_t samplesPerEpoch) {
    const bool adamw = request.optimiser == "adamw";
    TrainingPlan plan{.folder = request.out};
    const auto perEpoch = static_cast<double>(samplesPerEpoch) / static_cast<double>(request.batch);
    plan.stepsPerEpoch = std::max<std::int64_t>(1, std::llround(perEpoch));
    const std::int64_t wanted =
        std::llround(request.epochs * static_cast<double>(plan.stepsPerEpoch));
    plan.schedule.steps = request.steps > 0 ? request.steps : std::max<std::int64_t>(1, wanted);
    plan.schedule.warmup =
        request.warmup.value_or(std::min<std::int64_t>(500, plan.schedule.steps / 20));
    plan.schedule.peak = request.learningRate.value_or(adamw ? 0.003 : 0.1);
    plan.optimiser = {
        .kind = optimiserKindFromName(request.optimiser),
        .weightDecay = request.weightDecay.value_or(adamw ? 0.01 : 1e-4),
        .momentum = request.momentum};
    plan.clip = request.clip;
    plan.average = request.average;
    plan.logEvery = request.logEvery;
    plan.validateEvery = request.validateEvery;
    plan.seed = request.seed;
    plan.resume = request.resume;
    return plan;
}

} // namespace siskin::cli
