// SPDX-License-Identifier: MIT
// Weighted cross-entropy over labelled rows.
#pragma once

#include <torch/types.h>

#include <vector>

namespace siskin {

/// One weight per class, float32 [classes]; all 1 when `weights` is empty.
torch::Tensor classWeightTensor(const std::vector<double>& weights, std::int64_t classes);

/// Mean over the rows that have a label, each with the weight of its class. `logits` [N, classes],
/// `labels` int64 [N], 255 = ignored. 0 when no row is labelled.
torch::Tensor classLoss(
    const torch::Tensor& logits,
    const torch::Tensor& labels,
    const torch::Tensor& weights,
    double labelSmoothing
);

} // namespace siskin
