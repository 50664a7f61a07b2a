// SPDX-License-Identifier: MIT
#include "core/train/trainable_weights.hpp"

#include "core/base/error.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <fmt/format.h>

namespace siskin {

namespace {

constexpr std::string_view kCounter = ".num_batches_tracked";

} // namespace

void TrainableWeights::load(const std::map<std::string, torch::Tensor>& state) {
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

std::vector<torch::Tensor> TrainableWeights::parameters() const {
    std::vector<torch::Tensor> result;
    for (const auto& [name, tensor] : tensors_) {
        if (tensor.requires_grad()) {
            result.push_back(tensor);
        }
    }
    return result;
}

std::map<std::string, torch::Tensor> TrainableWeights::stateDict() const {
    std::map<std::string, torch::Tensor> result;
    for (const auto& [name, tensor] : tensors_) {
        result[name] = name.ends_with(kCounter) ? torch::tensor(batches_, torch::kInt64)
                                                : tensor.detach().clone();
    }
    return result;
}

std::function<torch::Tensor(const torch::Tensor&, double share)> TrainableWeights::beginStep() {
    constexpr std::uint64_t kStride = 0x9E3779B97F4A7C15ULL;
    fresh_ = false;
    ++batches_;
    const auto generator =
        at::detail::createCPUGenerator(seed_ + kStride * static_cast<std::uint64_t>(batches_));
    return [generator](const torch::Tensor& features, double share) {
        const auto kept = torch::empty_like(features).bernoulli_(1.0 - share, generator);
        return features * (kept / (1.0 - share));
    };
}

} // namespace siskin
