// SPDX-License-Identifier: MIT
// The seam between the training loop and what is learnt: scans, shapes, rooms.
#pragma once

#include "core/eval/confusion.hpp"

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace siskin {

/// Names as in the official state dicts.
using StateDict = std::map<std::string, torch::Tensor>;

/// One batch, ready for the network. What it holds is the task's own business.
class TrainingBatch {
  public:
    virtual ~TrainingBatch() = default;
};

/// A network together with the samples that it learns from.
class TrainingTask {
  public:
    virtual ~TrainingTask() = default;

    virtual std::size_t samplesPerEpoch() const = 0;

    /// Reads, augments and prepares the batch of a step: a function of the step and the seed alone,
    /// not of what was asked before. Called on the loader's thread, one call at a time. Throws
    /// `DatasetError`.
    virtual std::unique_ptr<TrainingBatch> batch(std::int64_t step) = 0;
    /// Mean loss of a batch, a scalar with gradients.
    virtual torch::Tensor loss(const TrainingBatch& batch) = 0;

    virtual std::vector<torch::Tensor> parameters() const = 0; ///< leaves that need gradients
    virtual StateDict stateDict() const = 0;                   ///< detached copies
    virtual void load(const StateDict& state) = 0;             ///< throws `CheckpointError`

    virtual bool hasValidation() const = 0;
    /// Counts over the whole validation set with these weights. Throws `Cancelled`.
    virtual Confusion validate(
        const StateDict& state,
        const std::stop_token& stop,
        const std::function<void(double fraction)>& progress
    ) = 0;

    /// What the last validation found besides, by name, 0..1: measures that counts cannot give.
    virtual std::map<std::string, double> otherScores() const { return {}; }
};

} // namespace siskin
