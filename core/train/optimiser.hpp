// SPDX-License-Identifier: MIT
// LibTorch's optimisers, and the gradient's norm.
#pragma once

#include <torch/optim/optimizer.h>

#include <memory>
#include <string_view>
#include <vector>

namespace siskin {

enum class OptimiserKind { AdamW, Sgd };

std::string_view toString(OptimiserKind kind); ///< "adamw", "sgd"
/// Throws `ConfigError` listing the known names.
OptimiserKind optimiserKindFromName(std::string_view name);

struct OptimiserOptions {
    OptimiserKind kind = OptimiserKind::AdamW;
    double weightDecay = 0.01; ///< of kernels and matrices; biases and batch-norm do not decay
    double momentum = 0.9;     ///< SGD, nesterov
};

/// The learning rate is set per step with `setLearningRate`.
std::unique_ptr<torch::optim::Optimizer>
makeOptimiser(const std::vector<torch::Tensor>& parameters, const OptimiserOptions& options);

void setLearningRate(torch::optim::Optimizer& optimiser, double rate);

/// Euclidean norm over all gradients, added up in one order whatever the number of threads;
/// parameters without a gradient count as 0.
double gradientNorm(const std::vector<torch::Tensor>& parameters);

/// Scales all gradients so that a norm of `norm` becomes at most `limit`.
void clipGradients(const std::vector<torch::Tensor>& parameters, double norm, double limit);

} // namespace siskin
