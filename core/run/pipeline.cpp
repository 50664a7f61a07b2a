// SPDX-License-Identifier: MIT
#include "core/run/pipeline.hpp"

#include "core/base/cancel.hpp"
#include "core/base/error.hpp"
#include "core/base/parallel.hpp"
#include "core/models/scan_input.hpp"
#include "core/run/frame_run.hpp"
#include "core/run/model_loader.hpp"
#include "core/sparse/tensor_pool.hpp"

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>

namespace siskin {

namespace {

Prediction labelsOf(
    const SparseOps& ops,
    const torch::Tensor& logits,
    const torch::Tensor& pointToVoxel,
    TraceRecorder& trace
) {
    TraceRecorder::Scope span(trace, "points", SpanKind::Stage);
    const std::int64_t voxels = logits.size(0);
    const std::int64_t classes = logits.size(1);
    const std::int64_t points = pointToVoxel.size(0);
    Prediction prediction;
    prediction.classIds.resize(static_cast<std::size_t>(points));
    prediction.confidence.resize(static_cast<std::size_t>(points));
    ops.labelPoints(logits, pointToVoxel, prediction.classIds, prediction.confidence);
    span->rowsIn = voxels;
    span->rowsOut = points;
    span->bytes = voxels * classes * 4 + points * 13;
    return prediction;
}

} // namespace

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
    try {
        return runFrame(scan, options);
    } catch (const c10::Error& error) { // out of memory, or the device is lost
        const std::string text = error.what_without_backtrace();
        throw DeviceError(
            fmt::format("{}: {}", state_->device->description(), text.substr(0, text.find('\n'))),
            state_->device->name() == "cpu" ? "" : "choose --device cpu, or add --fallback cpu"
        );
    }
}

RunResult Pipeline::runFrame(const Scan& scan, const RunOptions& options) const {
    const torch::InferenceMode inference;
    if (needsCalibration()) { // frames side by side wait for the first of them
        const std::scoped_lock lock(state_->calibration);
        if (needsCalibration()) {
            state_->calibrate(scan, options.stop);
        }
    }
    const auto& network = *state_->loaded.network;
    FrameRun frame(state_->meter, scan, options, state_->device->startTimer());
    frame.report(0.0, "voxelise");
    const auto prepared =
        prepareScan(*state_->device, scan, static_cast<float>(info().voxelSize), frame.trace());
    int layersDone = 0;
    const ForwardContext context{
        *state_->device, frame.trace(), options.stop, [&] {
            frame.report(static_cast<double>(++layersDone) / network.layerCount(), "network");
        }};
    const auto logits = network.forward(context, prepared.input);
    throwIfStopRequested(options.stop);
    auto prediction = labelsOf(*state_->device, logits, prepared.pointToVoxel, frame.trace());
    auto result = frame.finish(info(), state_->device->description(), std::move(prediction));
    result.voxels = prepared.input.voxels.size();
    return result;
}

std::string Pipeline::refusal(const Scan& scan) const {
    return scan.field("intensity") == nullptr ? "needs intensity per point" : "";
}

} // namespace siskin
