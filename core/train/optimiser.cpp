// SPDX-License-Identifier: MIT
#include "core/train/optimiser.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>

#include <cmath>

namespace siskin {

namespace {

using torch::optim::OptimizerParamGroup;

template <typename Options>
std::vector<OptimizerParamGroup>
groups(const std::vector<torch::Tensor>& parameters, const Options& options, double weightDecay) {
    std::vector<torch::Tensor> matrices;
    std::vector<torch::Tensor> vectors;
    for (const auto& parameter : parameters) {
        (parameter.dim() > 1 ? matrices : vectors).push_back(parameter);
    }
    auto decaying = std::make_unique<Options>(options);
    decaying->weight_decay(weightDecay);
    auto plain = std::make_unique<Options>(options);
    plain->weight_decay(0.0);
    std::vector<OptimizerParamGroup> result;
    result.emplace_back(std::move(matrices), std::move(decaying));
    result.emplace_back(std::move(vectors), std::move(plain));
    return result;
}

} // namespace

std::string_view toString(OptimiserKind kind) {
    return kind == OptimiserKind::AdamW ? "adamw" : "sgd";
}

OptimiserKind optimiserKindFromName(std::string_view name) {
    for (const auto kind : {OptimiserKind::AdamW, OptimiserKind::Sgd}) {
        if (toString(kind) == name) {
            return kind;
        }
    }
    throw ConfigError(fmt::format("unknown optimiser '{}'", name), "known: adamw, sgd");
}

std::unique_ptr<torch::optim::Optimizer>
makeOptimiser(const std::vector<torch::Tensor>& parameters, const OptimiserOptions& options) {
    if (options.kind == OptimiserKind::AdamW) {
        const torch::optim::AdamWOptions adamw(0.0);
        return std::make_unique<torch::optim::AdamW>(
            groups(parameters, adamw, options.weightDecay), adamw
        );
    }
    auto sgd = torch::optim::SGDOptions(0.0).momentum(options.momentum);
    sgd.nesterov(options.momentum > 0.0);
    return std::make_unique<torch::optim::SGD>(groups(parameters, sgd, options.weightDecay), sgd);
}

void setLearningRate(torch::optim::Optimizer& optimiser, double rate) {
    for (auto& group : optimiser.param_groups()) {
        group.options().set_lr(rate);
    }
}

double gradientNorm(const std::vector<torch::Tensor>& parameters) {
    double sum = 0.0;
    for (const auto& parameter : parameters) {
        if (!parameter.grad().defined()) {
            continue;
        }
        const auto gradient = parameter.grad().contiguous();
        const auto* values = gradient.data_ptr<float>();
        for (std::int64_t i = 0; i < gradient.numel(); ++i) {
            sum += double{values[i]} * double{values[i]};
        }
    }
    return std::sqrt(sum);
}

void clipGradients(const std::vector<torch::Tensor>& parameters, double norm, double limit) {
    if (!(norm > limit)) {
        return;
    }
    for (const auto& parameter : parameters) {
        if (parameter.grad().defined()) {
            parameter.grad().mul_(limit / norm);
        }
    }
}

} // namespace siskin
