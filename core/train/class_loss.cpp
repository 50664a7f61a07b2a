// SPDX-License-Identifier: MIT
#include "core/train/class_loss.hpp"

#include "core/scan/class_map.hpp"

#include <torch/nn/functional/loss.h>

#include <algorithm>

namespace siskin {

torch::Tensor classWeightTensor(const std::vector<double>& weights, std::int64_t classes) {
    return weights.empty() ? torch::ones({classes}) : torch::tensor(weights, torch::kFloat32);
}

torch::Tensor classLoss(
    const torch::Tensor& logits,
    const torch::Tensor& labels,
    const torch::Tensor& weights,
    double labelSmoothing
) {
    namespace F = torch::nn::functional;
    const auto sum = F::cross_entropy(
        logits,
        labels,
        F::CrossEntropyFuncOptions()
            .weight(weights)
            .ignore_index(kIgnored)
            .reduction(torch::kSum)
            .label_smoothing(labelSmoothing)
    );
    const auto counted = labels.masked_select(labels != std::int64_t{kIgnored});
    // A batch without one labelled row has loss 0 and no gradient instead of 0 / 0.
    const double weight = weights.index_select(0, counted).sum(torch::kFloat64).item<double>();
    return sum / std::max(weight, 1e-12);
}

} // namespace siskin
