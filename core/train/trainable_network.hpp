// SPDX-License-Identifier: MIT
// A network whose weights change: the same description as the one that runs, on operations that
// record gradients.
#pragma once

#include "core/models/model_kind.hpp"
#include "core/models/network.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

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

class TrainableNetwork {
  public:
    /// Fresh weights, the same for the same seed. Throws `ConfigError` for a bad net.config.
    static std::unique_ptr<TrainableNetwork>
    create(const NetworkPlan& plan, std::shared_ptr<const SparseOps> ops, std::uint64_t seed);

    /// Replaces all values; names as in the official state dict. Throws `CheckpointError` for a
    /// missing tensor or another shape.
    void load(const std::map<std::string, torch::Tensor>& state);

    /// Logits [V, classes]. The first training step of fresh weights fits the first layer to the
    /// spread of its inputs. `training`: differentiable, with the statistics of the batch and
    /// dropout; otherwise running statistics and no gradients. The coordinates of `input` may hold
    /// several batch elements.
    torch::Tensor forward(const NetworkInput& input, bool training);

    std::vector<torch::Tensor> parameters() const; ///< leaves that need gradients, by name

    /// Everything that the official files hold, as copies.
    std::map<std::string, torch::Tensor> stateDict() const;

  private:
    TrainableNetwork() = default;
    torch::Tensor
    dropOut(const torch::Tensor& features, double share, at::Generator& generator) const;
    void fitFirstLayer(const torch::Tensor& features);

    std::shared_ptr<TrainingOps> ops_;
    std::unique_ptr<Network> network_;
    std::map<std::string, torch::Tensor> tensors_;
    std::uint64_t seed_ = 0;
    bool fresh_ = true;        ///< no weights loaded, no step taken
    std::int64_t batches_ = 0; ///< training steps so far; also picks the dropout's random numbers
};

} // namespace siskin
