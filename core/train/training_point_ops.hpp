// SPDX-License-Identifier: MIT
// Operations on clouds and grids with gradients: the fast ones of another implementation forwards,
// hand-written gradients backwards, batch-norm kept apart from the convolution. LibTorch's autograd
// links them. Indices and places in grids have no gradients, and neither have coordinates.
#pragma once

#include "core/points/point_ops.hpp"

namespace siskin {

class TrainingPointOps : public PointOps {
  public:
    /// On: batch-norm uses the batch and moves its running statistics. Off: it uses those.
    virtual void setTraining(bool training) = 0;
};

/// `base` computes; its tensors must lie in this machine's memory (cpu or reference). Weights that
/// are prepared stay what they are, so later changes of a leaf are seen. Results do not depend on
/// the number of threads where those of `base` do not.
std::shared_ptr<TrainingPointOps> makeTrainingPointOps(std::shared_ptr<const PointOps> base);

} // namespace siskin
