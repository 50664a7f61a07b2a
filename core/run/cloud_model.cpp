// SPDX-License-Identifier: MIT
#include "core/run/cloud_model.hpp"

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/run/cloud_cut.hpp"
#include "core/run/cloud_votes.hpp"
#include "core/run/frame_run.hpp"
#include "core/run/layer_sums.hpp"
#include "core/run/model_file.hpp"
#include "core/run/model_loader.hpp"
#include "core/run/point_devices.hpp"
#include "core/sparse/tensor_pool.hpp"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>

namespace siskin {

namespace {

bool readsNormals(const PointNetwork& network) {
    return network.inputChannels() == kShapeInputChannels;
}

std::string usualClasses(const PointNetworkPlan& plan) {
    return plan.task == ModelTask::ShapeParts ? "shapenetpart"
           : plan.kind == ModelKind::Dgcnn    ? "s3dis-pointnet" // what its published weights speak
                                              : "s3dis";
}

PointNetworkPlan planOf(ModelSpec& spec, const ModelWeights& weights) {
    if (spec.weights.empty()) {
        requireClassMap(spec);
        const auto task = taskOfClasses(spec.classMap->name());
        if (task == ModelTask::LidarScene) {
            throw ConfigError(
                fmt::format(
                    "{} labels shapes or rooms, the classes of '{}' are of LiDAR scenes",
                    titleOf(spec.kind),
                    spec.classMap->name()
                ),
                "open a shape or a room, or give --class-map shapenetpart or s3dis"
            );
        }
        return {.kind = spec.kind, .task = task, .width = spec.randomWidth};
    }
    const auto plan = planFromShapes(spec.kind, weights.parameters);
    if (!spec.classMap) {
        spec.classMap = classMapNamed(usualClasses(plan));
    }
    const auto spoken = taskOfClasses(spec.classMap->name());
    if (spoken != plan.task) {
        throw ConfigError(
            fmt::format(
                "{} labels {}, the classes of '{}' are of {}",
                spec.weights.string(),
                titleOf(plan.task),
                spec.classMap->name(),
                titleOf(spoken)
            ),
            fmt::format("use --class-map {}", usualClasses(plan))
        );
    }
    return plan;
}

} // namespace

struct CloudModel::State {
    std::shared_ptr<const SparseOps> rows;
    std::shared_ptr<const PointOps> points;
    PointNetworkPlan plan;
    std::unique_ptr<PointNetwork> network;
    ModelInfo info;
    int votes = 1;
    EnergyMeter meter;
};

CloudModel::CloudModel(std::unique_ptr<State> state) : state_(std::move(state)) {}

CloudModel::~CloudModel() = default;

std::unique_ptr<CloudModel> CloudModel::load(
    const ModelSpec& asked, std::shared_ptr<const SparseOps> device, EnergyMeterOptions energy
) {
    ModelSpec spec = asked;
    if (spec.precision != Precision::Float32) {
        throw ConfigError(
            fmt::format(
                "{} computes in fp32, not in {}", titleOf(spec.kind), toString(spec.precision)
            ),
            "leave the precision out for networks on clouds"
        );
    }
    if (spec.votes < 1 || spec.votes > kMostVotes) {
        throw ConfigError(fmt::format("{} votes are not between 1 and {}", spec.votes, kMostVotes));
    }
    installTensorPool();
    at::set_num_threads(threadCount()); // LibTorch's own loops follow the one setting
    const torch::InferenceMode inference;
    auto points = pointOpsOf(*device);
    auto weights = openWeights(spec);
    const auto plan = planOf(spec, weights);
    auto network = makePointNetwork(plan, weights.parameters, *device, *points);
    auto info = describeModel(spec, weights, network->classes());
    info.task = plan.task;
    info.voxelSize = 0.0;
    info.device = points->description();
    return std::unique_ptr<CloudModel>(new CloudModel(std::make_unique<State>(State{
        .rows = std::move(device),
        .points = std::move(points),
        .plan = plan,
        .network = std::move(network),
        .info = std::move(info),
        .votes = spec.votes,
        .meter = EnergyMeter(std::move(energy))})));
}

const ModelInfo& CloudModel::info() const noexcept {
    return state_->info;
}

std::string CloudModel::refusal(const Scan& scan) const {
    const auto has = [&scan](std::string_view name) {
        const PointField* field = scan.field(name);
        return field != nullptr && field->channels == 3;
    };
    if (info().task == ModelTask::IndoorScene) {
        return has("rgb") ? "" : kNeedsColours;
    }
    if (!scan.shapeCategory) {
        return kNeedsCategory;
    }
    return readsNormals(*state_->network) && !has("normal") ? kNeedsNormals : "";
}

RunResult CloudModel::run(const Scan& scan, const RunOptions& options) const {
    if (const auto reason = refusal(scan); !reason.empty()) {
        throw DatasetError(
            fmt::format("{}: {} {}", scan.id, info().label, reason),
            reason == kNeedsCategory ? kCategoryHint : "open a data set that has it"
        );
    }
    const torch::InferenceMode inference;
    const auto& network = *state_->network;
    FrameRun frame(state_->meter, scan, options);
    frame.report(0.0, "cut");
    CloudCut cut;
    {
        TraceRecorder::Scope span(frame.trace(), "cut", SpanKind::Stage);
        cut = cutForNetwork(
            scan, state_->plan, network.inputChannels(), state_->votes, kProtocolSeed, options.stop
        );
        span->rowsIn = static_cast<std::int64_t>(scan.pointCount());
    }
    CloudVotes votes(scan.pointCount(), cut, network.classes());
    std::int64_t entered = 0;
    {
        TraceRecorder::Scope stage(frame.trace(), "network", SpanKind::Stage);
        const double layers = static_cast<double>(cut.samples) * network.layerCount();
        double layersDone = 0.0;
        LayerSums sums;
        for (std::size_t i = 0; i < cut.samples; ++i) {
            TraceRecorder trace;
            const auto sample = sums.timed("clouds", [&] { return cut.sample(i); });
            const PointContext context{
                {*state_->rows,
                 trace,
                 options.stop,
                 [&] { frame.report(++layersDone / layers, "network"); }},
                *state_->points};
            const auto logits = network.forward(context, sample.features);
            throwIfStopRequested(options.stop);
            sums.add(trace.finish().root.children);
            sums.timed("votes", [&] { votes.add(logits, sample.points); });
            entered += static_cast<std::int64_t>(sample.points.size());
        }
        stage->rowsIn = entered;
        stage->children = std::move(sums).from(stage->start);
    }
    std::size_t uncovered = 0;
    {
        TraceRecorder::Scope span(frame.trace(), "points", SpanKind::Stage);
        uncovered = votes.fillUncovered(scan.positions);
        span->rowsOut = static_cast<std::int64_t>(scan.pointCount());
    }
    auto result = frame.finish(info(), state_->points->description(), std::move(votes).take());
    result.voxels = entered;
    if (uncovered > 0) {
        result.notes.push_back(describeUncovered(uncovered, scan.pointCount()));
    }
    return result;
}

std::unique_ptr<ScanModel> openModel(
    const ModelSpec& spec, std::shared_ptr<const SparseOps> device, EnergyMeterOptions energy
) {
    if (isPointModel(spec.kind)) {
        return CloudModel::load(spec, std::move(device), std::move(energy));
    }
    return Pipeline::load(spec, std::move(device), std::move(energy));
}

} // namespace siskin
