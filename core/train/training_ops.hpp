// SPDX-License-Identifier: MIT
// The sparse core with gradients: the fast operations of another implementation forwards, its
// gradient operations backwards, and batch-norm kept apart from the convolution. LibTorch's
// autograd links them, so losses and optimisers are LibTorch's.
#pragma once

#include "core/sparse/sparse_ops.hpp"

namespace siskin {

class TrainingOps : public SparseOps {
  public:
    /// On: batch-norm uses the batch and moves its running statistics. Off: it uses those.
    virtual void setTraining(bool training) = 0;
};

/// `base` computes; its tensors must lie in this machine's memory (cpu or reference).
std::shared_ptr<TrainingOps> makeTrainingOps(std::shared_ptr<const SparseOps> base);

} // namespace siskin
