// SPDX-License-Identifier: MIT
// What a training leaves in its folder: state.pt to go on from, log.csv, weights.
#pragma once

#include "core/train/optimiser.hpp"
#include "core/train/training_task.hpp"
#include "core/train/weight_average.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace siskin {

/// Where a training is. Together with the options it determines everything that follows.
struct TrainingState {
    std::int64_t step = 0;          ///< steps done
    std::int64_t validatedStep = 0; ///< `step` of the last validation
    std::int64_t bestStep = 0;
    double bestScore = -1.0; ///< val mIoU, -1 = none yet
    double lastScore = -1.0;
    double seconds = 0.0; ///< spent training so far

    // For the log and for people: losses and gradient norms since the last row of log.csv.
    double smoothedLoss = 0.0;
    double lossSum = 0.0;
    double normSum = 0.0;
    std::int64_t unlogged = 0; ///< steps in these sums
};

/// Writes state.pt (a LibTorch archive): `state`, the weights, the average, the optimiser, and the
/// state of LibTorch's random generator. All or nothing. Throws `DatasetError`.
void saveState(
    const std::filesystem::path& file,
    const TrainingState& state,
    const StateDict& weights,
    const WeightAverage& average,
    const torch::optim::Optimizer& optimiser
);

struct LoadedState {
    TrainingState state;
    StateDict weights;
};

/// The reverse; fills `average`, `optimiser` and the random generator. Throws `CheckpointError`.
LoadedState loadState(
    const std::filesystem::path& file, WeightAverage& average, torch::optim::Optimizer& optimiser
);

/// log.csv: one row every few steps and one per validation. Rewritten whole, so it is never torn.
class TrainingLog {
  public:
    /// Keeps the rows of an existing file up to `step`; a resumed training writes the others again.
    TrainingLog(std::filesystem::path file, std::int64_t step);

    struct Row {
        std::int64_t step = 0;
        double epoch = 0.0;
        double seconds = 0.0;
        double learningRate = 0.0;
        double loss = 0.0;         ///< mean since the last row
        double gradientNorm = 0.0; ///< mean, before clipping
    };

    void addSteps(const Row& row);
    void addValidation(std::int64_t step, double epoch, double seconds, const IouScores& scores);
    /// Throws `DatasetError`.
    void write() const;

  private:
    std::filesystem::path file_;
    std::string text_;
};

/// Weights for `best.safetensors`: float32, or with `half` every tensor of two and more dimensions
/// in float16 (statistics and biases stay: they can exceed its range). Throws `CheckpointError`
/// when a value does not fit.
StateDict storedWeights(const StateDict& weights, bool half);

} // namespace siskin
