// SPDX-License-Identifier: MIT
#include "core/train/trainable_network.hpp"

#include "core/base/error.hpp"
#include "core/nn/parameters.hpp"
#include "core/sparse/tensor_pool.hpp"
#include "core/train/training_ops.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <fmt/format.h>

#include <utility>

namespace siskin {

namespace {

constexpr std::string_view kCounter = ".num_batches_tracked";

std::unique_ptr<Network>
build(const NetworkPlan& plan, Parameters& parameters, const SparseOps& ops) {
    if (plan.kind == ModelKind::Spvnas) {
        return makeSpvnas(plan.netConfig, "net.config", parameters, ops);
    }
    const auto widths = planFromWidth(plan.width, plan.classes);
    return plan.kind == ModelKind::MinkUNet
               ? makeMinkUNet(widths, parameters, ops)
               : makeSpvcnn(widths, parameters, ops, {plan.voxelSize, plan.voxelSize});
}

} // namespace

std::unique_ptr<TrainableNetwork> TrainableNetwork::create(
    const NetworkPlan& plan, std::shared_ptr<const SparseOps> ops, std::uint64_t seed
) {
    installTensorPool();
    std::unique_ptr<TrainableNetwork> result(new TrainableNetwork());
    result->ops_ = makeTrainingOps(std::move(ops));
    result->seed_ = seed;
    auto parameters = Parameters::forTraining(seed);
    result->network_ = build(plan, parameters, *result->ops_);
    result->tensors_ = parameters.made();
    return result;
}

void TrainableNetwork::load(const std::map<std::string, torch::Tensor>& state) {
    const torch::NoGradGuard plain;
    fresh_ = false;
    for (auto& [name, tensor] : tensors_) {
        const auto found = state.find(name);
        if (found == state.end() || found->second.sizes() != tensor.sizes()) {
            throw CheckpointError(fmt::format(
                "tensor '{}' is {} among the values to train from",
                name,
                found == state.end() ? "missing" : "of another shape"
            ));
        }
        tensor.copy_(found->second);
        if (name.ends_with(kCounter)) {
            batches_ = found->second.item<std::int64_t>();
        }
    }
}

/// Metres spread by tens, remission by tenths: without this, thousands of steps go by until the
/// first layer hears of remission at all.
void TrainableNetwork::fitFirstLayer(const torch::Tensor& features) {
    const torch::NoGradGuard plain;
    const auto spread = features.std(0, false).clamp_min(1e-3);
    tensors_.at("stem.0.kernel").div_(spread.reshape({1, -1, 1}));
}

torch::Tensor TrainableNetwork::dropOut(
    const torch::Tensor& features, double share, at::Generator& generator
) const {
    const auto kept = torch::empty_like(features).bernoulli_(1.0 - share, generator);
    return features * (kept / (1.0 - share));
}

torch::Tensor TrainableNetwork::forward(const NetworkInput& input, bool training) {
    const torch::AutoGradMode recording(training);
    ops_->setTraining(training);
    TraceRecorder unused;
    ForwardContext context{*ops_, unused, {}, {}};
    at::Generator generator;
    if (training) {
        if (std::exchange(fresh_, false)) {
            fitFirstLayer(input.features);
        }
        ++batches_;
        constexpr std::uint64_t kStride = 0x9E3779B97F4A7C15ULL;
        generator =
            at::detail::createCPUGenerator(seed_ + kStride * static_cast<std::uint64_t>(batches_));
        context.dropout = [this, &generator](const torch::Tensor& features, double share) {
            return dropOut(features, share, generator);
        };
    }
    return network_->forward(context, input);
}

std::vector<torch::Tensor> TrainableNetwork::parameters() const {
    std::vector<torch::Tensor> result;
    for (const auto& [name, tensor] : tensors_) {
        if (tensor.requires_grad()) {
            result.push_back(tensor);
        }
    }
    return result;
}

std::map<std::string, torch::Tensor> TrainableNetwork::stateDict() const {
    std::map<std::string, torch::Tensor> result;
    for (const auto& [name, tensor] : tensors_) {
        result[name] = name.ends_with(kCounter) ? torch::tensor(batches_, torch::kInt64)
                                                : tensor.detach().clone();
    }
    return result;
}

} // namespace siskin
