// SPDX-License-Identifier: MIT
#include "app/cli/eval_setup.hpp"

#include "app/cli/devices.hpp"
#include "app/cli/frame_list.hpp"
#include "app/cli/version.hpp"
#include "core/base/error.hpp"
#include "core/base/sha256.hpp"
#include "datasets/open.hpp"
#include "datasets/splits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace siskin::cli {

namespace {

/// A score needs ground truth and prediction in the raw ids of one data set.
void requireSameDataset(const ModelInfo& model, const DatasetReader& reader) {
    if (!reader.benchmark().empty() && !model.classMap->sharesRawIdsWith(*reader.classMap())) {
        throw ConfigError(
            fmt::format(
                "{} speaks the classes of '{}', the data those of '{}'",
                model.label,
                model.classMap->name(),
                reader.classMap()->name()
            ),
            "it can be looked at with 'siskin run', but not be scored; or give a --class-map for it"
        );
    }
}

PlannedModel plannedModel(
    const ModelArgument& argument,
    const ModelInfo& info,
    const EvalRequest& request,
    const DatasetReader& reader,
    const std::vector<PlannedModel>& others
) {
    std::vector<std::string> taken;
    for (const PlannedModel& other : others) {
        taken.push_back(other.label);
    }
    const bool hasFile = !argument.random && argument.predictions.empty();
    PlannedModel planned;
    planned.label = uniqueLabel(info.label, taken);
    planned.kind = kindName(info);
    planned.weights = info.weightsSource;
    planned.weightsSha256 = hasFile ? sha256OfFile(argument.weights) : "";
    planned.configSha256 = argument.config ? sha256OfFile(*argument.config) : "";
    planned.precision = toString(info.precision);
    planned.voxelSize = info.voxelSize;
    planned.votes = info.kind && info.task == ModelTask::ShapeParts ? request.votes : 1;
    planned.trained = info.trained;
    planned.parameters = info.parameters;
    planned.hasConfidence = info.hasConfidence;
    planned.classMap = info.classMap;
    planned.rules = scoreRules(reader.benchmark(), info.classMap);
    return planned;
}

} // namespace

EvalData openEvalData(const EvalRequest& request) {
    EvalData data;
    data.reader = openDataset(request.data, loadClassMap(request.classMap), request.earlierScans);
    std::vector<std::size_t> inSplit(data.reader->frames().size());
    std::iota(inSplit.begin(), inSplit.end(), std::size_t{0});
    if (!request.split.empty()) {
        inSplit = framesOfSplit(*data.reader, request.split);
    }
    std::vector<PendingFrame> frames;
    for (const std::size_t index : inSplit) {
        frames.push_back({data.reader, index});
    }
    keepFrames(frames, request.frames);
    for (const PendingFrame& frame : frames) {
        data.frames.push_back(frame.index);
    }
    if (data.frames.empty()) {
        throw DatasetError(fmt::format("{}: no frame in it", request.data));
    }
    return data;
}

EvalModels loadEvalModels(const EvalRequest& request, const EvalData& data, Progress& progress) {
    ModelSetting setting;
    setting.benchmark = data.reader->benchmark();
    setting.usual = data.reader->classMap();
    setting.chosen = loadClassMap(request.classMap);
    setting.device = openDevice(request.device);
    setting.energy.tdpWatts = request.tdpWatts;
    setting.votes = request.votes;
    EvalModels loaded;
    for (const auto& argument : request.models) {
        progress.begin(
            fmt::format("loading model {} of {}", loaded.models.size() + 1, request.models.size())
        );
        auto model = loadModel(argument, request.precision, setting);
        requireSameDataset(model->info(), *data.reader);
        loaded.planned.push_back(
            plannedModel(argument, model->info(), request, *data.reader, loaded.planned)
        );
        loaded.models.push_back(std::move(model));
    }
    return loaded;
}

EvaluationPlan
makePlan(const EvalRequest& request, const EvalData& data, std::vector<PlannedModel> models) {
    Sha256 ids;
    for (const std::size_t index : data.frames) {
        ids.add(data.reader->frames()[index].id + "\n");
    }
    EvaluationPlan plan;
    plan.dataset = data.reader->title();
    plan.root = request.data;
    plan.benchmark = data.reader->benchmark();
    plan.split = request.split;
    plan.earlierScans = request.earlierScans;
    plan.frames = data.frames.size();
    plan.framesSha256 = ids.hex();
    plan.models = std::move(models);
    plan.device = request.device;
    plan.program = fmt::format("{} {}", programVersion(), programCommit());
    plan.shard = request.shard;
    plan.submission = request.submission;
    return plan;
}

} // namespace siskin::cli
