// SPDX-License-Identifier: MIT
// Scan in, Prediction + Trace + Energy out: the only place that ties the folders of core together.
// This header is free of LibTorch, so that widgets can include it.
#pragma once

#include "core/energy/energy.hpp"
#include "core/energy/meter.hpp"
#include "core/models/model_kind.hpp"
#include "core/scan/prediction.hpp"
#include "core/scan/scan.hpp"
#include "core/sparse/precision.hpp"
#include "core/trace/trace.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace siskin {

class SparseOps; // core/sparse/sparse_ops.hpp

/// Which network, with which weights, speaking which classes.
struct ModelSpec {
    ModelKind kind = ModelKind::Spvcnn;
    std::string label{};             ///< shown to people; empty = made from kind and width
    std::filesystem::path weights{}; ///< empty = random weights of width `randomWidth`
    std::optional<std::filesystem::path> config{}; ///< net.config; required for SPVNAS with weights
    std::shared_ptr<const ClassMap> classMap{};    ///< empty = the one that the weights name
    double randomWidth = 0.25;                     ///< `cr` of a random network
    std::uint64_t randomSeed = 1;
    Precision precision = Precision::Float32;
};

/// Facts about a loaded network.
struct ModelInfo {
    ModelKind kind = ModelKind::Spvcnn;
    std::string label;
    std::string weightsSource;   ///< path, or "random (seed 1)"
    bool trained = false;        ///< false for random weights: labels mean nothing
    std::int64_t parameters = 0; ///< trainable values
    double voxelSize = 0.05;     ///< metres
    std::string device;          ///< e.g. "cpu (AVX-512, 2 threads)"
    Precision precision = Precision::Float32;
    std::shared_ptr<const ClassMap> classMap;
};

struct RunOptions {
    std::stop_token stop; ///< checked between layers
    std::function<void(double fraction, std::string_view stage)>
        progress; ///< any thread; may be empty
};

struct RunResult {
    ModelInfo model;
    std::string scanId;
    std::int64_t points = 0;
    std::int64_t voxels = 0;
    Prediction prediction;
    Trace trace;
    Energy energy;
};

/// A network ready to run on one device. `run` may be called from several threads at once: each in
/// a `SingleThreadScope` for frames side by side, else they take turns loop by loop.
class Pipeline {
  public:
    /// Throws `CheckpointError`, `ConfigError` or `DeviceError`.
    static std::unique_ptr<Pipeline> load(
        const ModelSpec& spec,
        std::shared_ptr<const SparseOps> device,
        EnergyMeterOptions energy = {}
    );
    ~Pipeline();

    const ModelInfo& info() const noexcept;

    /// Int8: runs the network on a scan in float32 and widens the noted range of every layer's
    /// input; a few typical scans give good scales. Other precisions need none: does nothing.
    /// Throws as `run` does. Not while `run` is under way.
    void calibrate(const Scan& scan, const RunOptions& options = {});

    /// Int8 that no scan has calibrated yet: the first `run` then begins with it.
    bool needsCalibration() const noexcept;

    /// Throws `DatasetError` for an empty scan, one without the "intensity" field or with
    /// non-finite coordinates, and `Cancelled` when `options.stop` was requested.
    RunResult run(const Scan& scan, const RunOptions& options = {}) const;

  private:
    struct State;
    explicit Pipeline(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace siskin
