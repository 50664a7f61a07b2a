// SPDX-License-Identifier: MIT
// How hand-written gradients join LibTorch's autograd.
#pragma once

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/functions/utils.h>
#include <torch/csrc/autograd/variable.h>

#include <memory>

namespace siskin {

using TensorList = torch::autograd::variable_list;

/// Whether anybody will ask for gradients of something made from `inputs` (undefined ones count
/// not).
inline bool recording(const TensorList& inputs) {
    return torch::autograd::GradMode::is_enabled() &&
           torch::autograd::any_variable_requires_grad(inputs);
}

/// Links `result` to the tensors it was made from; `node` gives their gradients in this order.
inline void record(
    const std::shared_ptr<torch::autograd::Node>& node,
    const TensorList& inputs,
    torch::Tensor& result
) {
    node->set_next_edges(torch::autograd::collect_next_edges(inputs));
    torch::autograd::create_gradient_edge(result, node);
}

/// What `body` returns, made without a thought of gradients.
template <typename Body>
auto withoutRecording(const Body& body) {
    const torch::NoGradGuard plain;
    return body();
}

} // namespace siskin
