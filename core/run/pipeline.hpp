// SPDX-License-Identifier: MIT
// Scan in, Prediction + Trace + Energy out: the only place that ties the folders of core together.
// This header is free of LibTorch, so that widgets can include it.
#pragma once

#include "core/energy/meter.hpp"
#include "core/run/scan_model.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

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
    /// How often every point of a shape is asked about (models.md 4.4: 10); rooms and LiDAR scans
    /// have a fixed protocol.
    int votes = 1;
    /// A folder of predictions in place of a network: of the rest only `label` and `classMap`
    /// count, and `OfflineModel` is what opens it.
    std::filesystem::path predictions{};
};

/// Of ShapeNetPart's test protocol (models.md 4.4).
inline constexpr int kProtocolVotes = 10;
inline constexpr int kMostVotes = 1000;

/// Opens whatever `spec.kind` and its classes ask for: a `Pipeline` for LiDAR scans or a
/// `CloudModel` for shapes and rooms. Throws `CheckpointError`, `ConfigError` or `DeviceError`.
std::unique_ptr<ScanModel> openModel(
    const ModelSpec& spec, std::shared_ptr<const SparseOps> device, EnergyMeterOptions energy = {}
);

/// A network for LiDAR scans on one device. `run` may be called from several threads at once: each
/// in a `SingleThreadScope` for frames side by side, else they take turns loop by loop.
class Pipeline final : public ScanModel {
  public:
    /// Throws `CheckpointError`, `ConfigError` or `DeviceError`.
    static std::unique_ptr<Pipeline> load(
        const ModelSpec& spec,
        std::shared_ptr<const SparseOps> device,
        EnergyMeterOptions energy = {}
    );
    ~Pipeline() override;

    const ModelInfo& info() const noexcept override;

    /// Int8: runs the network on a scan in float32 and widens the noted range of every layer's
    /// input; a few typical scans give good scales. Other precisions need none: does nothing.
    void calibrate(const Scan& scan, const RunOptions& options = {}) override;

    /// Int8 that no scan has calibrated yet: the first `run` then begins with it.
    bool needsCalibration() const noexcept override;

    std::string refusal(const Scan& scan) const override;

    /// Throws `DatasetError` for an empty scan, one without the "intensity" field or with
    /// non-finite coordinates, and `Cancelled` when `options.stop` was requested.
    using ScanModel::run;
    RunResult run(const Scan& scan, const RunOptions& options) const override;

  private:
    RunResult runFrame(const Scan& scan, const RunOptions& options) const;

    struct State;
    explicit Pipeline(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace siskin
