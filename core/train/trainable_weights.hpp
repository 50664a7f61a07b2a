// SPDX-License-Identifier: MIT
// What all networks that are trained share: their weights by name, and the step's dropout.
#pragma once

#include "core/nn/layers.hpp"

#include <ATen/core/Generator.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace siskin {

class TrainableWeights {
  public:
    /// Replaces all values; names as in the official state dict. Throws `CheckpointError` for a
    /// missing tensor or another shape.
    void load(const std::map<std::string, torch::Tensor>& state);

    std::vector<torch::Tensor> parameters() const; ///< leaves that need gradients, by name

    /// Everything that the official files hold, as copies.
    std::map<std::string, torch::Tensor> stateDict() const;

  protected:
    explicit TrainableWeights(std::uint64_t seed) : seed_(seed) {}

    ~TrainableWeights() = default;
    TrainableWeights(const TrainableWeights&) = default;
    TrainableWeights& operator=(const TrainableWeights&) = delete;

    std::uint64_t seed() const noexcept { return seed_; }

    /// What `Parameters::forTraining` made.
    void keep(const std::map<std::string, torch::Tensor>& tensors) { tensors_ = tensors; }

    const torch::Tensor& tensor(const std::string& name) const { return tensors_.at(name); }

    bool fresh() const noexcept { return fresh_; } ///< no weights loaded, no step taken

    /// Counts one more training step; the random numbers of its dropout follow from the seed and
    /// the count alone.
    std::function<torch::Tensor(const torch::Tensor&, double share)> beginStep();

  private:
    std::map<std::string, torch::Tensor> tensors_;
    std::uint64_t seed_;
    bool fresh_ = true;
    std::int64_t batches_ = 0; ///< training steps so far
};

} // namespace siskin
