// SPDX-License-Identifier: MIT
#include "core/train/trainer.hpp"

#include "core/base/cancel.hpp"
#include "core/train/read_ahead.hpp"

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace siskin {

namespace {

using Clock = std::chrono::steady_clock;

class Trainer {
  public:
    Trainer(
        TrainingTask& task,
        const TrainingPlan& plan,
        const TrainingObserver& observer,
        std::stop_token stop
    )
        : task_(task), plan_(plan), observer_(observer), stop_(std::move(stop)),
          parameters_(task.parameters()), optimiser_(makeOptimiser(parameters_, plan.optimiser)),
          average_(plan.average) {
        torch::manual_seed(plan.seed);
        if (plan.resume && std::filesystem::exists(plan.folder / "state.pt")) {
            auto loaded = loadState(plan.folder / "state.pt", average_, *optimiser_);
            task_.load(loaded.weights);
            state_ = loaded.state;
        }
        log_.emplace(plan.folder / "log.csv", state_.step);
    }

    TrainingOutcome run() {
        const auto steps = plan_.schedule.steps;
        firstStep_ = state_.step;
        spentBefore_ = state_.seconds;
        begin_ = Clock::now();
        ReadAhead<std::unique_ptr<TrainingBatch>> batches(
            state_.step, steps, [this](std::int64_t step) { return task_.batch(step); }
        );
        try {
            validateIfDue();
            while (state_.step < steps) {
                throwIfStopRequested(stop_);
                oneStep(*batches.next());
                validateIfDue();
            }
        } catch (const Cancelled&) {
            save();
            throw;
        }
        save();
        outcome_.state = state_;
        return std::move(outcome_);
    }

  private:
    double secondsNow() const {
        return spentBefore_ + std::chrono::duration<double>(Clock::now() - begin_).count();
    }

    double epochOf(std::int64_t step) const {
        return static_cast<double>(step) / static_cast<double>(plan_.stepsPerEpoch);
    }

    void oneStep(const TrainingBatch& batch) {
        const double rate = plan_.schedule.at(state_.step);
        setLearningRate(*optimiser_, rate);
        optimiser_->zero_grad();
        const auto loss = task_.loss(batch);
        const double value = loss.item<double>();
        requireFinite(value, "loss");
        loss.backward();
        const double norm = gradientNorm(parameters_);
        requireFinite(norm, "gradient");
        if (plan_.clip > 0.0) {
            clipGradients(parameters_, norm, plan_.clip);
        }
        optimiser_->step();
        ++state_.step;
        if (plan_.average > 0.0) {
            average_.update(task_.stateDict());
        }
        report(value, norm, rate);
    }

    void requireFinite(double value, const char* what) const {
        if (!std::isfinite(value)) {
            throw Error(
                fmt::format(
                    "the {} is not finite at step {} (epoch {:.2f})",
                    what,
                    state_.step + 1,
                    epochOf(state_.step)
                ),
                "try a lower --lr, a longer --warmup or a smaller --clip",
                ExitCode::RunFailed
            );
        }
    }

    void report(double loss, double norm, double rate) {
        constexpr double kKeep = 0.95;
        state_.smoothedLoss =
            state_.step == 1 ? loss : kKeep * state_.smoothedLoss + (1.0 - kKeep) * loss;
        state_.lossSum += loss;
        state_.normSum += norm;
        ++state_.unlogged;
        const double now = secondsNow();
        if (state_.step % plan_.logEvery == 0 || state_.step == plan_.schedule.steps) {
            logSteps(rate, now);
        }
        const double perStep = (now - spentBefore_) / static_cast<double>(state_.step - firstStep_);
        observer_.step(
            {state_.step,
             plan_.schedule.steps,
             state_.smoothedLoss,
             perStep * static_cast<double>(plan_.schedule.steps - state_.step),
             state_.lastScore}
        );
    }

    void logSteps(double rate, double seconds) {
        const auto count = static_cast<double>(state_.unlogged);
        log_->addSteps(
            {state_.step,
             epochOf(state_.step),
             seconds,
             rate,
             state_.lossSum / count,
             state_.normSum / count}
        );
        log_->write();
        state_.lossSum = 0.0;
        state_.normSum = 0.0;
        state_.unlogged = 0;
    }

    /// The weights that count: their average, where there is one.
    StateDict shownWeights() const {
        return plan_.average > 0.0 && average_.updates() > 0 ? average_.values()
                                                             : task_.stateDict();
    }

    void validateIfDue() {
        const bool epochEnds = state_.step % (plan_.stepsPerEpoch * plan_.validateEvery) == 0;
        const bool due = state_.step > state_.validatedStep &&
                         (epochEnds || state_.step == plan_.schedule.steps);
        if (!due) {
            return;
        }
        const auto weights = shownWeights();
        std::optional<IouScores> scores;
        if (task_.hasValidation()) {
            auto confusion = task_.validate(weights, stop_, observer_.validating);
            scores = intersectionOverUnion(confusion, AbsentClass::Skipped);
            outcome_.lastConfusion = std::move(confusion);
            noteScores(weights, *scores);
        }
        state_.validatedStep = state_.step;
        save(weights, scores);
    }

    void noteScores(const StateDict& weights, const IouScores& scores) {
        state_.lastScore = scores.mean;
        const bool best = scores.mean > state_.bestScore;
        if (best) {
            state_.bestScore = scores.mean;
            state_.bestStep = state_.step;
            observer_.store("best.safetensors", weights, state_, scores);
        }
        log_->addValidation(state_.step, epochOf(state_.step), secondsNow(), scores);
        observer_.validated({state_.step, epochOf(state_.step), scores, best, state_.smoothedLoss});
    }

    void save() { save(shownWeights(), std::nullopt); }

    void save(const StateDict& weights, const std::optional<IouScores>& scores) {
        if (state_.step == savedStep_ && state_.validatedStep == savedValidation_) {
            return;
        }
        state_.seconds = secondsNow();
        observer_.store("last.safetensors", weights, state_, scores);
        log_->write();
        saveState(plan_.folder / "state.pt", state_, task_.stateDict(), average_, *optimiser_);
        savedStep_ = state_.step;
        savedValidation_ = state_.validatedStep;
    }

    TrainingTask& task_;
    const TrainingPlan& plan_;
    const TrainingObserver& observer_;
    std::stop_token stop_;
    std::vector<torch::Tensor> parameters_;
    std::unique_ptr<torch::optim::Optimizer> optimiser_;
    WeightAverage average_;
    TrainingState state_;
    std::optional<TrainingLog> log_;
    TrainingOutcome outcome_;
    Clock::time_point begin_;
    double spentBefore_ = 0.0;
    std::int64_t firstStep_ = 0;
    std::int64_t savedStep_ = -1;
    std::int64_t savedValidation_ = -1;
};

} // namespace

TrainingOutcome train(
    TrainingTask& task,
    const TrainingPlan& plan,
    const TrainingObserver& observer,
    const std::stop_token& stop
) {
    // LibTorch's own loops are a small part; its idle threads would spin where ours work, and its
    // sums would depend on their number.
    at::set_num_threads(1);
    return Trainer(task, plan, observer, stop).run();
}

} // namespace siskin
