// SPDX-License-Identifier: MIT
// Cones in a LiDAR scan, object by object (MIT Driverless): the ground is taken away, the rest
// falls into clusters, and a small network says of each which cone it is and where it stands.
// This header is free of LibTorch.
#pragma once

#include "core/energy/meter.hpp"
#include "core/models/object_network_kind.hpp"
#include "core/objects/cone_scores.hpp"
#include "core/objects/object_cloud.hpp"
#include "core/trace/trace.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace siskin {

class SparseOps; // core/sparse/sparse_ops.hpp

/// Which network, with which weights.
struct ObjectModelSpec {
    std::filesystem::path weights{};         ///< empty = random ones
    std::optional<ObjectNetworkKind> kind{}; ///< empty = what the file says
    std::uint64_t randomSeed = 1;
};

struct ObjectModelInfo {
    ObjectNetworkKind kind = ObjectNetworkKind::Pvcnn;
    std::string label;         ///< "PVCNN 72k"; "... (untrained)"
    std::string weightsSource; ///< path, or "random (seed 1)"
    bool trained = false;      ///< false: answers mean nothing
    std::int64_t parameters = 0;
    std::string device;
};

/// The clusters of a scan: what all networks are asked about.
struct PreparedObjects {
    std::vector<ObjectCandidate> candidates;
    std::vector<ObjectCloud> clouds; ///< one per candidate
    CandidateTimes times;
    double cloudSeconds = 0.0; ///< putting clusters into frames of their own
};

/// Throws `DatasetError` for a scan without intensity between 0 and 1 or with positions that are
/// not finite, and `Cancelled`.
PreparedObjects prepareObjects(const Scan& scan, const std::stop_token& stop = {});

/// What a network said about one candidate.
struct ObjectAnswer {
    ConeKind kind = ConeKind::None;
    float confidence = 0.0F; ///< softmax probability of the kind
    Vec3f base{};            ///< where the cone's foot would be, metres, sensor frame
};

struct ObjectRun {
    std::vector<ObjectAnswer> answers; ///< one per candidate
    Trace trace;                       ///< of the network, input included
    Energy energy;                     ///< of the network

    /// The candidates that are cones.
    std::vector<ConeDetection> detections() const;
};

/// A network on one device. `run` may be called from one thread at a time.
class ConeDetector {
  public:
    /// Throws `ConfigError` when the file says another kind or none and `spec` neither,
    /// `CheckpointError`, `DeviceError`.
    static std::unique_ptr<ConeDetector> open(
        const ObjectModelSpec& spec,
        std::shared_ptr<const SparseOps> device,
        EnergyMeterOptions energy = {}
    );
    ~ConeDetector();
    ConeDetector(const ConeDetector&) = delete;
    ConeDetector& operator=(const ConeDetector&) = delete;

    const ObjectModelInfo& info() const noexcept;

    /// The same answers whatever objects come together, on any number of threads. Throws
    /// `Cancelled`.
    ObjectRun run(const PreparedObjects& objects, const std::stop_token& stop = {}) const;

  private:
    struct State;
    explicit ConeDetector(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace siskin
