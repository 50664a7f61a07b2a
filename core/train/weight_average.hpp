// SPDX-License-Identifier: MIT
// Exponential moving average of the weights (Polyak and Juditsky 1992): steadier than the last
// step, which matters when a training is short.
#pragma once

#include "core/train/training_task.hpp"

namespace siskin {

class WeightAverage {
  public:
    /// `decay` in [0, 1); 0 = no averaging, `values` are then the latest.
    explicit WeightAverage(double decay) : decay_(decay) {}

    /// Takes in the weights and batch-norm statistics after one more step. The decay of update n is
    /// min(decay, (1 + n) / (10 + n)), so that the first random weights are soon forgotten.
    /// Whole numbers (batch counters) are not averaged.
    void update(const StateDict& latest);

    const StateDict& values() const noexcept { return values_; }

    std::int64_t updates() const noexcept { return updates_; }

    /// Goes on where another one was.
    void restore(StateDict values, std::int64_t updates);

  private:
    double decay_;
    std::int64_t updates_ = 0;
    StateDict values_;
};

} // namespace siskin
