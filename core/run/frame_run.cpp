// SPDX-License-Identifier: MIT
#include "core/run/frame_run.hpp"

#include "core/base/cancel.hpp"
#include "core/base/parallel.hpp"

namespace siskin {

namespace {

EnergyMeter::Stretch beginUnlessStopped(EnergyMeter& meter, const std::stop_token& stop) {
    throwIfStopRequested(stop);
    return meter.begin();
}

} // namespace

FrameRun::FrameRun(
    EnergyMeter& meter,
    const Scan& scan,
    const RunOptions& options,
    std::shared_ptr<DeviceTimer> timer
)
    : scan_(scan), options_(options), energy_(beginUnlessStopped(meter, options.stop)),
      elsewhere_(timer != nullptr), trace_(scan.readSeconds, std::move(timer)) {
    trace_.addFinished(Span{
        .name = "read",
        .duration = scan.readSeconds,
        .rowsOut = static_cast<std::int64_t>(scan.pointCount())});
}

void FrameRun::report(double fraction, std::string_view stage) const {
    if (options_.progress) {
        options_.progress(fraction, stage);
    }
}

RunResult FrameRun::finish(const ModelInfo& model, std::string device, Prediction prediction) {
    RunResult result;
    result.trace = trace_.finish();
    result.trace.device = std::move(device);
    result.trace.framesSideBySide = sideBySideCount();
    result.energy = energy_.end(
        elsewhere_ ? WorkDone{} : WorkDone{result.trace.totalMacs(), result.trace.totalBytes()}
    );
    if (elsewhere_) {
        const std::string reason =
            "the energy of a GPU is not measured; joules and carbon are the processor's alone";
        result.energy.domains.push_back(
            {.domain = "gpu0", .joules = {}, .method = EnergyMethod::NotAvailable, .reason = reason}
        );
        result.notes.push_back(reason);
    }
    result.peakTensorBytes = sideBySideCount() > 1 ? 0 : memory_.bytes();
    result.model = model;
    result.model.device = result.trace.device;
    result.scanId = scan_.id;
    result.points = static_cast<std::int64_t>(scan_.pointCount());
    result.prediction = std::move(prediction);
    result.prediction.model = model.label;
    result.prediction.classMap = model.classMap;
    report(1.0, "done");
    return result;
}

} // namespace siskin
