// SPDX-License-Identifier: MIT
// A network on clouds that labels whole shapes and rooms: cut, forward pass by forward pass, vote.
// This header is free of LibTorch.
#pragma once

#include "core/energy/meter.hpp"
#include "core/run/pipeline.hpp"

#include <memory>
#include <string>

namespace siskin {

/// PVCNN and the baselines of its paper. A shape or room is cut as its benchmark says
/// (`cloud_cut.hpp`; DGCNN reads rooms in columns, the others in windows), every cloud goes through
/// the network alone, and a point keeps the label of its most confident answer, the first of equal
/// ones. A point in no cloud gets the label of the nearest point that was in one, with confidence
/// 0, and `RunResult::notes` says how many there were. The same scan gives the same labels every
/// time, on any number of threads.
///
/// The trace has the stages read, cut, network and points; in "network" a layer's spans are added
/// up over all clouds.
class CloudModel final : public ScanModel {
  public:
    /// The task comes from the weights, for random ones from the class map. Without a class map:
    /// the one that the weights name, else "shapenetpart", "s3dis", or for DGCNN "s3dis-pointnet".
    /// Throws as `openModel`; `ConfigError` also for another precision than float32 and classes of
    /// another task.
    static std::unique_ptr<CloudModel> load(
        const ModelSpec& spec,
        std::shared_ptr<const SparseOps> device,
        EnergyMeterOptions energy = {}
    );
    ~CloudModel() override;

    const ModelInfo& info() const noexcept override;

    std::string refusal(const Scan& scan) const override;

    /// Throws `DatasetError` for an empty scan, non-finite values, or as `refusal` says, and
    /// `Cancelled`.
    using ScanModel::run;
    RunResult run(const Scan& scan, const RunOptions& options) const override;

  private:
    struct State;
    explicit CloudModel(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace siskin
