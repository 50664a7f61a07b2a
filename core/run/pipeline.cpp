// SPDX-License-Identifier: MIT
#include "core/run/pipeline.hpp"

#include "core/base/cancel.hpp"
#include "core/base/parallel.hpp"
#include "core/models/network.hpp"
#include "core/run/best_class.hpp"
#include "core/run/model_loader.hpp"
#include "core/sparse/tensor_pool.hpp"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>

namespace siskin {

namespace {

constexpr std::int64_t kGrain = 8192;

struct KindName {
    ModelKind kind;
    std::string_view name;
};

constexpr std::array<KindName, 3> kKindNames = {{
    {ModelKind::MinkUNet, "minkunet"},
    {ModelKind::Spvcnn, "spvcnn"},
    {ModelKind::Spvnas, "spvnas"},
}};

void requireFinite(const Scan& scan) {
    std::atomic<std::int64_t> bad{-1};
    parallelFor(
        static_cast<std::int64_t>(scan.pointCount()),
        kGrain,
        [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const auto& p = scan.positions[static_cast<std::size_t>(i)];
                if (!std::isfinite(p[0]) || !std::isfinite(p[1]) || !std::isfinite(p[2])) {
                    bad = i;
                    return;
                }
            }
        }
    );
    if (bad >= 0) {
        throw DatasetError(fmt::format(
            "scan {}: point {} has a coordinate that is not finite", scan.id, bad.load()
        ));
    }
}

const PointField& requireIntensity(const Scan& scan) {
    if (scan.positions.empty()) {
        throw DatasetError(fmt::format("scan {}: no points", scan.id));
    }
    const auto* intensity = scan.field("intensity");
    if (intensity == nullptr || intensity->values.size() != scan.pointCount()) {
        throw DatasetError(
            fmt::format("scan {}: no 'intensity' per point", scan.id),
            "LiDAR networks need x, y, z and remission"
        );
    }
    return *intensity;
}

/// Voxels of a scan and the features of their representatives (models.md 4.1, steps 1 to 4).
struct PreparedScan {
    NetworkInput input;
    torch::Tensor pointToVoxel; ///< int64 [N]
};

PreparedScan
prepareScan(const SparseOps& ops, const Scan& scan, float voxelSize, TraceRecorder& trace) {
    TraceRecorder::Scope span(trace, "voxelise", SpanKind::Stage);
    requireFinite(scan);
    const auto& intensity = requireIntensity(scan);
    const auto points = static_cast<std::int64_t>(scan.pointCount());
    // from_blob wants a mutable pointer; the tensor is only read.
    auto* data = const_cast<float*>(scan.positions.front().data());
    auto quantized = ops.quantize(torch::from_blob(data, {points, 3}, torch::kFloat32), voxelSize);
    const std::int64_t voxels = quantized.voxels.size();
    PreparedScan prepared;
    prepared.input.features = torch::empty({voxels, kInputChannels});
    auto* features = prepared.input.features.data_ptr<float>();
    const auto* first = quantized.firstRow.data_ptr<std::int64_t>();
    parallelFor(voxels, kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t v = begin; v < end; ++v) {
            const auto row = static_cast<std::size_t>(first[v]);
            std::copy_n(scan.positions[row].data(), 3, features + v * kInputChannels);
            features[v * kInputChannels + 3] = intensity.values[row];
        }
    });
    prepared.input.voxels = std::move(quantized.voxels);
    prepared.pointToVoxel = std::move(quantized.inverse);
    span->rowsIn = points;
    span->rowsOut = voxels;
    span->bytes = points * 24 + voxels * 32;
    return prepared;
}

Prediction gatherToPoints(
    const torch::Tensor& logits,
    const torch::Tensor& pointToVoxel,
    const ModelInfo& model,
    TraceRecorder& trace
) {
    TraceRecorder::Scope span(trace, "points", SpanKind::Stage);
    const auto rows = logits.contiguous();
    const std::int64_t voxels = rows.size(0);
    const std::int64_t classes = rows.size(1);
    const std::int64_t points = pointToVoxel.size(0);
    std::vector<BestClass> perVoxel(static_cast<std::size_t>(voxels));
    const auto* values = rows.data_ptr<float>();
    parallelFor(voxels, kGrain, [&](std::int64_t begin, std::int64_t end) {
        bestClasses(values + begin * classes, end - begin, classes, perVoxel.data() + begin);
    });
    Prediction prediction;
    prediction.model = model.label;
    prediction.classMap = model.classMap;
    prediction.classIds.resize(static_cast<std::size_t>(points));
    prediction.confidence.resize(static_cast<std::size_t>(points));
    const auto* voxel = pointToVoxel.data_ptr<std::int64_t>();
    parallelFor(points, kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t p = begin; p < end; ++p) {
            const auto i = static_cast<std::size_t>(p);
            const auto& best = perVoxel[static_cast<std::size_t>(voxel[p])];
            prediction.classIds[i] = best.id;
            prediction.confidence[i] = best.confidence;
        }
    });
    span->rowsIn = voxels;
    span->rowsOut = points;
    span->bytes = voxels * classes * 4 + points * 13;
    return prediction;
}

} // namespace

std::string_view toString(ModelKind kind) {
    return std::find_if(
               kKindNames.begin(),
               kKindNames.end(),
               [kind](const KindName& k) { return k.kind == kind; }
    )->name;
}

ModelKind modelKindFromName(std::string_view name) {
    for (const auto& candidate : kKindNames) {
        if (candidate.name == name) {
            return candidate.kind;
        }
    }
    throw ConfigError(
        fmt::format("unknown model '{}'", name), "known models: minkunet, spvcnn, spvnas"
    );
}

struct Pipeline::State {
    State(std::shared_ptr<const SparseOps> ops, LoadedNetwork network, EnergyMeter energy)
        : device(std::move(ops)), loaded(std::move(network)), meter(std::move(energy)) {}

    void calibrate(const Scan& scan, const std::stop_token& stop);

    std::shared_ptr<const SparseOps> device;
    LoadedNetwork loaded;
    EnergyMeter meter;
    std::mutex calibration; ///< held while it runs
    std::atomic<bool> calibrated{false};
};

void Pipeline::State::calibrate(const Scan& scan, const std::stop_token& stop) {
    const torch::InferenceMode inference;
    TraceRecorder unused;
    const auto prepared =
        prepareScan(*device, scan, static_cast<float>(loaded.info.voxelSize), unused);
    loaded.network->forward({*device, unused, stop, {}, true}, prepared.input);
    calibrated = true;
}

Pipeline::Pipeline(std::unique_ptr<State> state) : state_(std::move(state)) {}

Pipeline::~Pipeline() = default;

std::unique_ptr<Pipeline> Pipeline::load(
    const ModelSpec& spec, std::shared_ptr<const SparseOps> device, EnergyMeterOptions energy
) {
    installTensorPool();
    at::set_num_threads(threadCount()); // LibTorch's own loops follow the one setting
    device = device->inPrecision(spec.precision);
    auto loaded = loadNetwork(spec, *device);
    loaded.info.device = device->description();
    auto state = std::make_unique<State>(
        std::move(device), std::move(loaded), EnergyMeter(std::move(energy))
    );
    return std::unique_ptr<Pipeline>(new Pipeline(std::move(state)));
}

const ModelInfo& Pipeline::info() const noexcept {
    return state_->loaded.info;
}

bool Pipeline::needsCalibration() const noexcept {
    return info().precision == Precision::Int8 && !state_->calibrated;
}

void Pipeline::calibrate(const Scan& scan, const RunOptions& options) {
    if (info().precision != Precision::Int8) {
        return;
    }
    const std::scoped_lock lock(state_->calibration);
    state_->calibrate(scan, options.stop);
}

RunResult Pipeline::run(const Scan& scan, const RunOptions& options) const {
    const torch::InferenceMode inference;
    if (needsCalibration()) { // frames side by side wait for the first of them
        const std::scoped_lock lock(state_->calibration);
        if (needsCalibration()) {
            state_->calibrate(scan, options.stop);
        }
    }
    const auto& network = *state_->loaded.network;
    const auto report = [&options](double fraction, std::string_view stage) {
        if (options.progress) {
            options.progress(fraction, stage);
        }
    };
    throwIfStopRequested(options.stop);
    report(0.0, "voxelise");
    auto energy = state_->meter.begin();
    TraceRecorder trace(scan.readSeconds);
    trace.addFinished(Span{
        .name = "read",
        .duration = scan.readSeconds,
        .rowsOut = static_cast<std::int64_t>(scan.pointCount())});

    const auto prepared =
        prepareScan(*state_->device, scan, static_cast<float>(info().voxelSize), trace);
    int layersDone = 0;
    const ForwardContext context{
        *state_->device, trace, options.stop, [&] {
            report(static_cast<double>(++layersDone) / network.layerCount(), "network");
        }};
    const auto logits = network.forward(context, prepared.input);
    throwIfStopRequested(options.stop);

    RunResult result;
    result.prediction = gatherToPoints(logits, prepared.pointToVoxel, info(), trace);
    result.trace = trace.finish();
    result.trace.device = state_->device->description();
    result.trace.framesSideBySide = sideBySideCount();
    result.energy = energy.end({result.trace.totalMacs(), result.trace.totalBytes()});
    result.model = info();
    result.model.device = result.trace.device;
    result.scanId = scan.id;
    result.points = static_cast<std::int64_t>(scan.pointCount());
    result.voxels = prepared.input.voxels.size();
    report(1.0, "done");
    return result;
}

} // namespace siskin
