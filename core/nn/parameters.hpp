// SPDX-License-Identifier: MIT
// Hands a network its weights by name and shape, and makes sure that every one is used exactly
// once.
#pragma once

#include "core/checkpoint/checkpoint.hpp"
#include "core/sparse/sparse_ops.hpp"

#include <torch/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace siskin {

class Parameters {
  public:
    /// `origin` names the file in error messages.
    static Parameters fromCheckpoint(Checkpoint checkpoint, std::string origin);
    /// Makes every tensor up when asked for it: uniform weights of He's scale, neutral batch-norm.
    static Parameters random(std::uint64_t seed);

    /// The same, keeping what it makes: what is trained records gradients, and `made` lists it all.
    static Parameters forTraining(std::uint64_t seed);

    /// Every tensor that `forTraining` handed out, by name; batch-norm's running statistics
    /// included.
    const std::map<std::string, torch::Tensor>& made() const noexcept { return made_; }

    const std::string& origin() const noexcept { return origin_; }

    /// Whether what is handed out will change: made by `forTraining`.
    bool areTrained() const noexcept { return forTraining_; }

    /// Whether the file holds this tensor; never, when there is none.
    bool has(const std::string& name) const { return tensors_ && tensors_->contains(name); }

    /// Shape of a tensor that the file must hold. Throws `CheckpointError` when it does not, or
    /// when the values are random and there is no file to ask.
    std::vector<std::int64_t> shapeOf(const std::string& name) const;

    /// The tensor as contiguous float32. `fanIn` scales random values. Throws `CheckpointError`
    /// when it is missing, has another shape, or was taken before.
    torch::Tensor
    take(const std::string& name, const std::vector<std::int64_t>& shape, std::int64_t fanIn = 0);

    /// A tensor that the file holds but nobody trains, float32; `otherwise`, whose shape it must
    /// have, when there is no file. Throws as `take`.
    torch::Tensor takeConstant(const std::string& name, const torch::Tensor& otherwise);

    /// The four tensors of a batch-norm layer, float32 [channels].
    BatchNorm takeBatchNorm(const std::string& prefix, std::int64_t channels);

    /// Throws `CheckpointError` naming up to five tensors that nobody took. Names that start with
    /// `optionalPrefix` may remain (MinkUNet's unused point branch).
    void requireAllTaken(const std::string& optionalPrefix = {}) const;

    std::int64_t trainableCount() const noexcept { return trainable_; }

  private:
    torch::Tensor takeFinite(const std::string& name, const std::vector<std::int64_t>& shape);
    torch::Tensor takeRaw(const std::string& name, const std::vector<std::int64_t>& shape);
    torch::Tensor randomUniform(const std::vector<std::int64_t>& shape, double bound);
    torch::Tensor keep(const std::string& name, torch::Tensor value, bool trained);

    std::string origin_;
    std::optional<std::map<std::string, torch::Tensor>> tensors_; ///< empty when random
    std::set<std::string> taken_;
    torch::Generator generator_;
    bool forTraining_ = false;
    std::map<std::string, torch::Tensor> made_;
    std::int64_t trainable_ = 0;
};

} // namespace siskin
