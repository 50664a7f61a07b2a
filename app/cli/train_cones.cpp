// SPDX-License-Identifier: MIT
#include "app/cli/train_cones.hpp"

#include "core/base/error.hpp"
#include "core/run/point_devices.hpp"
#include "core/train/object_task.hpp"

#include <fmt/format.h>

namespace siskin::cli {

namespace {

ObjectData objectsOf(const TrainingData& data) {
    const auto track = trackOf(data.reader, data.name);
    const auto frames = data.frames;
    return {data.name, frames.size(), data.share, [track, frames](std::size_t i) {
                return ObjectScan{
                    track->read(frames[i]), track->cones(frames[i]), track->instances(frames[i])};
            }};
}

std::string countsInWords(const ObjectTask& task) {
    std::string text = "objects to learn from:";
    const auto counts = task.counts();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        text += fmt::format(" {} {},", counts[i], toString(static_cast<ConeKind>(i)));
    }
    text.pop_back();
    return text;
}

} // namespace

std::shared_ptr<const TrackReader>
trackOf(const std::shared_ptr<const DatasetReader>& reader, const std::string& name) {
    auto track = std::dynamic_pointer_cast<const TrackReader>(reader);
    if (!track) {
        throw ConfigError(
            fmt::format("{}: not a race track with cones", name),
            "make one with 'siskin make-dataset track'"
        );
    }
    return track;
}

std::unique_ptr<TrainingTask> makeConesTask(
    const Preparation& all,
    std::shared_ptr<const SparseOps> device,
    const std::stop_token& stop,
    Progress& progress
) {
    const auto& request = all.request;
    ObjectTaskOptions options{
        .network = *request.cones,
        .batch = request.batch,
        .balanced = request.classWeights != "none",
        .labelSmoothing = request.labelSmoothing,
        .seed = request.seed};
    for (const auto& counted : all.data) {
        options.data.push_back(objectsOf(counted.data));
    }
    if (all.validation) {
        options.validation = objectsOf(all.validation->data);
    }
    auto points = pointOpsOf(*device);
    progress.begin("looking for objects");
    auto task = std::make_unique<ObjectTask>(
        std::move(options),
        std::move(device),
        std::move(points),
        stop,
        [&](double fraction) { progress.update(fraction, ""); }
    );
    progress.note(countsInWords(*task));
    return task;
}

std::map<std::string, std::string>
conesMetadata(const ModelMetadata& metadata, ObjectNetworkKind kind) {
    auto map = toMap(metadata);
    for (const char* key : {"siskin.model", "siskin.voxel_size", "siskin.width"}) {
        map.erase(key);
    }
    map.emplace(kObjectModelKey, toString(kind));
    return map;
}

} // namespace siskin::cli
