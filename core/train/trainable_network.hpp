// SPDX-License-Identifier: MIT
// A network whose weights change: the same description as the one that runs, on operations that
// record gradients.
#pragma once

#include "core/models/model_kind.hpp"
#include "core/models/network.hpp"
#include "core/train/trainable_weights.hpp"

#include <memory>

namespace siskin {

class TrainingOps;

/// What to train. SPVNAS needs `netConfig`, the text of its net.config.
struct NetworkPlan {
    ModelKind kind = ModelKind::Spvcnn;
    double width = 0.25;
    std::string netConfig{};
    std::int64_t classes = 19;
    float voxelSize = 0.1F; ///< metres
};

class TrainableNetwork : public TrainableWeights {
  public:
    /// Fresh weights, the same for the same seed. Throws `ConfigError` for a bad net.config.
    static std::unique_ptr<TrainableNetwork>
    create(const NetworkPlan& plan, std::shared_ptr<const SparseOps> ops, std::uint64_t seed);

    /// Logits [V, classes]. The first training step of fresh weights fits the first layer to the
    /// spread of its inputs. `training`: differentiable, with the statistics of the batch and
    /// dropout; otherwise running statistics and no gradients. The coordinates of `input` may hold
    /// several batch elements.
    torch::Tensor forward(const NetworkInput& input, bool training);

  private:
    using TrainableWeights::TrainableWeights;
    void fitFirstLayer(const torch::Tensor& features);

    std::shared_ptr<TrainingOps> ops_;
    std::unique_ptr<Network> network_;
};

} // namespace siskin
