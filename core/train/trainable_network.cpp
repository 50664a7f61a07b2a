// SPDX-License-Identifier: MIT
#include "core/train/trainable_network.hpp"

#include "core/nn/parameters.hpp"
#include "core/sparse/tensor_pool.hpp"
#include "core/train/training_ops.hpp"

namespace siskin {

namespace {

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
    std::unique_ptr<TrainableNetwork> result(new TrainableNetwork(seed));
    result->ops_ = makeTrainingOps(std::move(ops));
    auto parameters = Parameters::forTraining(seed);
    result->network_ = build(plan, parameters, *result->ops_);
    result->keep(parameters.made());
    return result;
}

/// Metres spread by tens, remission by tenths: without this, thousands of steps go by until the
/// first layer hears of remission at all.
void TrainableNetwork::fitFirstLayer(const torch::Tensor& features) {
    const torch::NoGradGuard plain;
    const auto spread = features.std(0, false).clamp_min(1e-3);
    torch::Tensor kernel = tensor("stem.0.kernel");
    kernel.div_(spread.reshape({1, -1, 1}));
}

torch::Tensor TrainableNetwork::forward(const NetworkInput& input, bool training) {
    const torch::AutoGradMode recording(training);
    ops_->setTraining(training);
    TraceRecorder unused;
    ForwardContext context{*ops_, unused, {}, {}};
    if (training) {
        if (fresh()) {
            fitFirstLayer(input.features);
        }
        context.dropout = beginStep();
    }
    return network_->forward(context, input);
}

} // namespace siskin
