// SPDX-License-Identifier: MIT
// Whatever labels a scan: a network on a device, or files that somebody else's program wrote.
// This header is free of LibTorch.
#pragma once

#include "core/energy/energy.hpp"
#include "core/models/model_kind.hpp"
#include "core/scan/prediction.hpp"
#include "core/scan/scan.hpp"
#include "core/sparse/precision.hpp"
#include "core/trace/trace.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace siskin {

/// Facts about a model.
struct ModelInfo {
    std::optional<ModelKind> kind;          ///< empty: no network, but predictions from files
    ModelTask task = ModelTask::LidarScene; ///< of a network
    std::string label;
    std::string weightsSource;   ///< path (of the folder of predictions), or "random (seed 1)"
    bool trained = false;        ///< false for random weights: labels mean nothing
    std::int64_t parameters = 0; ///< trainable values
    double voxelSize = 0.05;     ///< metres; 0 without a network and for those on clouds
    std::string device;          ///< e.g. "cpu (AVX-512, 2 threads)"; "files" without a network
    Precision precision = Precision::Float32;
    bool hasConfidence = true; ///< false: the confidences of its predictions mean nothing
    std::shared_ptr<const ClassMap> classMap;
};

/// "spvcnn" ..., or "predictions".
inline std::string_view kindName(const ModelInfo& info) {
    return info.kind ? toString(*info.kind) : "predictions";
}

struct RunOptions {
    std::stop_token stop; ///< checked between layers
    std::function<void(double fraction, std::string_view stage)>
        progress; ///< any thread; may be empty
};

struct RunResult {
    ModelInfo model;
    std::string scanId;
    std::int64_t points = 0;
    std::int64_t voxels = 0; ///< or, of a network on clouds, the points that entered it in all
    /// Largest sum of all tensors of the run that lived at once, bytes: input, features and maps,
    /// without the weights. 0 = not measured (frames side by side share their memory).
    std::int64_t peakTensorBytes = 0;
    /// What a person should know about this result, one line each, e.g. how many points no block
    /// of a room covered.
    std::vector<std::string> notes{};
    Prediction prediction;
    Trace trace;
    Energy energy;
};

/// `info` and `run` may be called from several threads at once.
class ScanModel {
  public:
    virtual ~ScanModel() = default;

    virtual const ModelInfo& info() const noexcept = 0;

    /// Why this model cannot label that scan, as half a line ("needs a colour per point"); empty
    /// when it can. Looks at what the scan has, not at its values.
    virtual std::string refusal(const Scan&) const { return {}; }

    /// Labels every point. Throws `DatasetError` for a scan that the model cannot take, and
    /// `Cancelled` when `options.stop` was requested.
    virtual RunResult run(const Scan& scan, const RunOptions& options) const = 0;

    RunResult run(const Scan& scan) const { return run(scan, {}); }

    /// Whether `calibrate` should see a few typical scans before anything counts.
    virtual bool needsCalibration() const noexcept { return false; }

    /// Throws as `run` does. Not while `run` is under way.
    virtual void calibrate(const Scan&, const RunOptions&) {}
};

} // namespace siskin
