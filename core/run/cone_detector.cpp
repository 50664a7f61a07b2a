// SPDX-License-Identifier: MIT
#include "core/run/cone_detector.hpp"

#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/checkpoint/checkpoint.hpp"
#include "core/models/object_input.hpp"
#include "core/objects/object_truth.hpp"
#include "core/run/point_devices.hpp"
#include "core/sparse/tensor_pool.hpp"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <chrono>

namespace siskin {

namespace {

using Clock = std::chrono::steady_clock;

/// Objects that go through the network at once: their grids fit into the processor's caches.
constexpr std::size_t kTogether = 32;

ObjectNetworkKind kindOf(const ObjectModelSpec& spec, const Checkpoint& checkpoint) {
    const auto said = checkpoint.metadata.find(std::string(kObjectModelKey));
    if (said == checkpoint.metadata.end()) {
        if (!spec.kind) {
            throw ConfigError(
                fmt::format("{}: not a network for cones", spec.weights.string()),
                "train one with 'siskin train --model cone-pvcnn', or write pvcnn:FILE if it is one"
            );
        }
        return *spec.kind;
    }
    const auto kind = objectNetworkFromName(said->second);
    if (spec.kind && *spec.kind != kind) {
        throw ConfigError(
            fmt::format(
                "{} holds a {}, not a {}", spec.weights.string(), titleOf(kind), titleOf(*spec.kind)
            ),
            "leave the kind out"
        );
    }
    return kind;
}

std::string labelOf(ObjectNetworkKind kind, std::int64_t parameters, bool trained) {
    return fmt::format(
        "{} {:.0f}k{}",
        titleOf(kind),
        static_cast<double>(parameters) / 1e3,
        trained ? "" : " (untrained)"
    );
}

} // namespace

PreparedObjects prepareObjects(const Scan& scan, const std::stop_token& stop) {
    const auto intensity = intensityOf(scan);
    PreparedObjects objects;
    objects.candidates = findCandidates(scan.positions, {}, stop, &objects.times);
    const auto begin = Clock::now();
    for (const ObjectCandidate& candidate : objects.candidates) {
        objects.clouds.push_back(cloudOf(candidate, scan.positions, intensity));
    }
    objects.cloudSeconds = std::chrono::duration<double>(Clock::now() - begin).count();
    return objects;
}

std::vector<ConeDetection> ObjectRun::detections() const {
    std::vector<ConeDetection> cones;
    for (const ObjectAnswer& answer : answers) {
        if (answer.kind != ConeKind::None) {
            cones.push_back({answer.kind, answer.base, answer.confidence});
        }
    }
    return cones;
}

struct ConeDetector::State {
    std::shared_ptr<const SparseOps> rows;
    std::shared_ptr<const PointOps> points;
    std::unique_ptr<ObjectNetwork> network;
    ObjectModelInfo info;
    EnergyMeter meter;
};

ConeDetector::ConeDetector(std::unique_ptr<State> state) : state_(std::move(state)) {}

ConeDetector::~ConeDetector() = default;

std::unique_ptr<ConeDetector> ConeDetector::open(
    const ObjectModelSpec& spec, std::shared_ptr<const SparseOps> device, EnergyMeterOptions energy
) {
    installTensorPool();
    at::set_num_threads(threadCount()); // LibTorch's own loops follow the one setting
    const torch::InferenceMode inference;
    auto points = pointOpsOf(*device);
    const bool trained = !spec.weights.empty();
    auto checkpoint = trained ? readCheckpoint(spec.weights) : Checkpoint();
    const auto kind =
        trained ? kindOf(spec, checkpoint) : spec.kind.value_or(ObjectNetworkKind::Pvcnn);
    auto parameters = trained
                          ? Parameters::fromCheckpoint(std::move(checkpoint), spec.weights.string())
                          : Parameters::random(spec.randomSeed);
    auto network = makeObjectNetwork(kind, parameters, *device, *points);
    ObjectModelInfo info{
        .kind = kind,
        .label = labelOf(kind, parameters.trainableCount(), trained),
        .weightsSource =
            trained ? spec.weights.string() : fmt::format("random (seed {})", spec.randomSeed),
        .trained = trained,
        .parameters = parameters.trainableCount(),
        .device = points->description()};
    return std::unique_ptr<ConeDetector>(new ConeDetector(std::make_unique<State>(State{
        .rows = std::move(device),
        .points = std::move(points),
        .network = std::move(network),
        .info = std::move(info),
        .meter = EnergyMeter(std::move(energy))})));
}

const ObjectModelInfo& ConeDetector::info() const noexcept {
    return state_->info;
}

ObjectRun ConeDetector::run(const PreparedObjects& objects, const std::stop_token& stop) const {
    const torch::InferenceMode inference;
    ObjectRun result;
    auto stretch = state_->meter.begin();
    TraceRecorder trace;
    const PointContext context{{*state_->rows, trace, stop, {}}, *state_->points};
    const std::span clouds(objects.clouds);
    for (std::size_t begin = 0; begin < clouds.size(); begin += kTogether) {
        const auto part = clouds.subspan(begin, std::min(kTogether, clouds.size() - begin));
        const auto output = state_->network->forward(context, objectInput(part));
        const auto best = output.logits.softmax(1).max(1);
        const auto confidence = std::get<0>(best).contiguous();
        const auto kind = std::get<1>(best).contiguous();
        const auto centre = output.centre.contiguous();
        for (std::size_t i = 0; i < part.size(); ++i) {
            const float* own = centre.data_ptr<float>() + 3 * i;
            result.answers.push_back(
                {static_cast<ConeKind>(kind.data_ptr<std::int64_t>()[i]),
                 confidence.data_ptr<float>()[i],
                 part[i].frame.toSensor({own[0], own[1], own[2]})}
            );
        }
    }
    result.trace = trace.finish();
    result.trace.device = state_->info.device;
    result.energy = stretch.end({result.trace.totalMacs(), result.trace.totalBytes()});
    return result;
}

} // namespace siskin
