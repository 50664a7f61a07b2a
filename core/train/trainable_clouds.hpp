// SPDX-License-Identifier: MIT
// Networks on clouds whose weights change: the same description as the one that runs, on operations
// that record gradients.
#pragma once

#include "core/models/point_network.hpp"
#include "core/train/trainable_weights.hpp"

#include <memory>

namespace siskin {

class TrainingOps;
class TrainingPointOps;

/// The weights of any network that is built from `Parameters` on these two sets of operations, and
/// its passes. Who makes one keeps the network.
class TrainableClouds : public TrainableWeights {
  public:
    using Build = std::function<void(Parameters&, const SparseOps&, const PointOps&)>;
    using Pass = std::function<torch::Tensor(const PointContext&)>;

    TrainableClouds(
        std::shared_ptr<const SparseOps> rows,
        std::shared_ptr<const PointOps> points,
        std::uint64_t seed
    );
    ~TrainableClouds();
    TrainableClouds(const TrainableClouds&) = delete;
    TrainableClouds& operator=(const TrainableClouds&) = delete;

    /// Must be called once, before anything else: `make` makes the network, with fresh weights, the
    /// same for the same seed.
    void build(const Build& make);

    /// What `pass` makes with the network. `training`: differentiable, with the statistics of the
    /// batch and dropout, and counted as a step; otherwise running statistics and no gradients.
    torch::Tensor forward(bool training, const Pass& pass);

  private:
    std::shared_ptr<TrainingOps> rows_;
    std::shared_ptr<TrainingPointOps> points_;
};

/// A `PointNetwork` to train.
class TrainablePointNetwork : public TrainableClouds {
  public:
    /// Throws `ConfigError` as `makePointNetwork` does.
    TrainablePointNetwork(
        const PointNetworkPlan& plan,
        std::shared_ptr<const SparseOps> rows,
        std::shared_ptr<const PointOps> points,
        std::uint64_t seed
    );

    const PointNetwork& network() const noexcept { return *network_; }

    /// (B, inputChannels, N) -> logits (B, classes, N).
    torch::Tensor forward(const torch::Tensor& input, bool training);

  private:
    std::unique_ptr<PointNetwork> network_;
};

} // namespace siskin
