// SPDX-License-Identifier: MIT
// Boxes in space from 2D boxes and a LiDAR scan: frustum by frustum through a network. This header
// is free of LibTorch.
#pragma once

#include "core/models/frustum_kind.hpp"
#include "core/run/frustum_cut.hpp"
#include "core/trace/trace.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace siskin {

class SparseOps; // core/sparse/sparse_ops.hpp

/// Which network, with which weights.
struct FrustumModelSpec {
    std::filesystem::path weights{};   ///< empty = random ones
    std::optional<FrustumKind> kind{}; ///< empty = what the tensors of the file say, or PVCNN-E
    std::uint64_t randomSeed = 1;
};

struct FrustumModelInfo {
    std::string label;    ///< "Frustum PVCNN-E 3.4M"
    bool trained = false; ///< false: boxes mean nothing
    std::string device;
};

struct FrustumRun {
    std::vector<CameraBox> boxes; ///< one per frustum
    Trace trace;
};

/// A network on one device. `run` may be called from one thread at a time.
class FrustumDetector {
  public:
    /// Throws `CheckpointError`, also for a file of no frustum network, `ConfigError` for one of
    /// another kind than `spec` says, `DatasetError` (missing file), `DeviceError`.
    static std::unique_ptr<FrustumDetector>
    open(const FrustumModelSpec& spec, std::shared_ptr<const SparseOps> device);
    ~FrustumDetector();
    FrustumDetector(const FrustumDetector&) = delete;
    FrustumDetector& operator=(const FrustumDetector&) = delete;

    const FrustumModelInfo& info() const noexcept;

    /// The same boxes on any number of threads. `cut` is of `frame`. Throws `Cancelled`.
    FrustumRun
    run(const CameraFrame& frame, const FrustumCut& cut, const std::stop_token& stop = {}) const;

  private:
    struct State;
    explicit FrustumDetector(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace siskin
