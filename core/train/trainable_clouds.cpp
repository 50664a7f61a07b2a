// SPDX-License-Identifier: MIT
#include "core/train/trainable_clouds.hpp"

#include "core/sparse/tensor_pool.hpp"
#include "core/train/training_ops.hpp"
#include "core/train/training_point_ops.hpp"

namespace siskin {

TrainableClouds::TrainableClouds(
    std::shared_ptr<const SparseOps> rows,
    std::shared_ptr<const PointOps> points,
    std::uint64_t seed
)
    : TrainableWeights(seed), rows_(makeTrainingOps(std::move(rows))),
      points_(makeTrainingPointOps(std::move(points))) {
    installTensorPool();
}

void TrainableClouds::build(const Build& make) {
    auto parameters = Parameters::forTraining(seed());
    make(parameters, *rows_, *points_);
    keep(parameters.made());
}

TrainableClouds::~TrainableClouds() = default;

torch::Tensor TrainableClouds::forward(bool training, const Pass& pass) {
    const torch::AutoGradMode recording(training);
    rows_->setTraining(training);
    points_->setTraining(training);
    TraceRecorder unused;
    PointContext context{{*rows_, unused, {}, {}}, *points_};
    if (training) {
        context.dropout = beginStep();
    }
    return pass(context);
}

TrainablePointNetwork::TrainablePointNetwork(
    const PointNetworkPlan& plan,
    std::shared_ptr<const SparseOps> rows,
    std::shared_ptr<const PointOps> points,
    std::uint64_t seed
)
    : TrainableClouds(std::move(rows), std::move(points), seed) {
    build([&](Parameters& parameters, const SparseOps& linear, const PointOps& clouds) {
        network_ = makePointNetwork(plan, parameters, linear, clouds);
    });
}

torch::Tensor TrainablePointNetwork::forward(const torch::Tensor& input, bool training) {
    return TrainableClouds::forward(training, [&](const PointContext& context) {
        return network_->forward(context, input);
    });
}

} // namespace siskin
