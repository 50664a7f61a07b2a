// SPDX-License-Identifier: MIT
// What every run of a network on a scan has in common: time, energy, memory, progress.
#pragma once

#include "core/energy/meter.hpp"
#include "core/run/scan_model.hpp"
#include "core/sparse/tensor_pool.hpp"
#include "core/trace/recorder.hpp"

#include <string>
#include <string_view>

namespace siskin {

/// One run, from its construction to `finish`. For the thread that made it.
class FrameRun {
  public:
    /// Throws `Cancelled` when a stop was requested. `options` must outlive the run.
    /// `timer`: of a device that is not the processor. Its energy is nobody's to measure here, and
    /// the result says so.
    FrameRun(
        EnergyMeter& meter,
        const Scan& scan,
        const RunOptions& options,
        std::shared_ptr<DeviceTimer> timer = {}
    );

    TraceRecorder& trace() noexcept { return trace_; }

    void report(double fraction, std::string_view stage) const;

    /// Ends what is measured and fills everything of a result that does not depend on the kind of
    /// network.
    RunResult finish(const ModelInfo& model, std::string device, Prediction prediction);

  private:
    const Scan& scan_;
    const RunOptions& options_;
    EnergyMeter::Stretch energy_;
    bool elsewhere_; ///< on a device that is not the processor
    TensorPeak memory_;
    TraceRecorder trace_;
};

} // namespace siskin
