// SPDX-License-Identifier: MIT
// The training loop: any task, resumable, reproducible.
#pragma once

#include "core/train/schedule.hpp"
#include "core/train/training_folder.hpp"

#include <optional>

namespace siskin {

struct TrainingPlan {
    std::filesystem::path folder;
    std::int64_t stepsPerEpoch = 1;
    Schedule schedule{}; ///< also says how many steps there are
    OptimiserOptions optimiser{};
    double clip = 0.0;              ///< gradient norm; 0 = no clipping
    double average = 0.0;           ///< decay of the weights' moving average; 0 = none
    std::int64_t logEvery = 20;     ///< steps
    std::int64_t validateEvery = 1; ///< epochs; also at the end
    std::uint64_t seed = 1;
    bool resume = false;
};

struct StepReport {
    std::int64_t step = 0; ///< done, 1 ...
    std::int64_t steps = 0;
    double loss = 0.0; ///< smoothed
    double secondsLeft = 0.0;
    double lastScore = -1.0; ///< val mIoU, -1 = none yet
};

struct ValidationReport {
    std::int64_t step = 0;
    double epoch = 0.0;
    IouScores scores{};
    bool best = false;
    double loss = 0.0; ///< smoothed training loss
};

/// What somebody who watches a training gets told, on the thread of `train`.
struct TrainingObserver {
    std::function<void(const StepReport&)> step;
    std::function<void(double fraction)> validating;
    std::function<void(const ValidationReport&)> validated;
    /// Weights worth keeping: writes best.safetensors or last.safetensors.
    std::function<
        void(const char* file, const StateDict&, const TrainingState&, const std::optional<IouScores>&)>
        store;
};

struct TrainingOutcome {
    TrainingState state;
    std::optional<Confusion> lastConfusion;
};

/// Trains until the schedule ends. On an interrupt, and after every validation, writes `state.pt`;
/// a later call with `resume` then goes on to the same weights as an undisturbed run would reach.
/// Classes that the validation set lacks are left out of its mean IoU.
/// Throws `Cancelled` after a stop; `Error` when the loss is no longer finite; and what the task
/// and the files throw.
TrainingOutcome train(
    TrainingTask& task,
    const TrainingPlan& plan,
    const TrainingObserver& observer,
    const std::stop_token& stop
);

} // namespace siskin
