// SPDX-License-Identifier: MIT
#include "core/nn/parameters.hpp"

#include "core/base/error.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace siskin {

Parameters Parameters::fromCheckpoint(Checkpoint checkpoint, std::string origin) {
    Parameters result;
    result.origin_ = std::move(origin);
    result.tensors_ = std::move(checkpoint.tensors);
    return result;
}

Parameters Parameters::random(std::uint64_t seed) {
    Parameters result;
    result.origin_ = fmt::format("random weights (seed {})", seed);
    result.generator_ = at::detail::createCPUGenerator(seed);
    return result;
}

Parameters Parameters::forTraining(std::uint64_t seed) {
    auto result = random(seed);
    result.forTraining_ = true;
    return result;
}

torch::Tensor Parameters::keep(const std::string& name, torch::Tensor value, bool trained) {
    if (forTraining_) {
        value.requires_grad_(trained);
        made_.emplace(name, value);
    }
    return value;
}

std::vector<std::int64_t> Parameters::shapeOf(const std::string& name) const {
    if (!tensors_) {
        throw CheckpointError(fmt::format("{}: the shape of '{}' is not known", origin_, name));
    }
    const auto found = tensors_->find(name);
    if (found == tensors_->end()) {
        throw CheckpointError(
            fmt::format("{}: tensor '{}' is missing", origin_, name),
            "is --model the network that these weights belong to?"
        );
    }
    return found->second.sizes().vec();
}

torch::Tensor Parameters::takeRaw(const std::string& name, const std::vector<std::int64_t>& shape) {
    const auto found = shapeOf(name);
    if (found != shape) {
        throw CheckpointError(
            fmt::format(
                "{}: tensor '{}' is [{}], the network needs [{}]",
                origin_,
                name,
                fmt::join(found, ", "),
                fmt::join(shape, ", ")
            ),
            "is --model (and --config) the network that these weights belong to?"
        );
    }
    if (!taken_.insert(name).second) {
        throw CheckpointError(fmt::format("{}: tensor '{}' is used twice", origin_, name));
    }
    return tensors_->at(name);
}

torch::Tensor Parameters::randomUniform(const std::vector<std::int64_t>& shape, double bound) {
    return torch::empty(shape, torch::kFloat32).uniform_(-bound, bound, generator_);
}

torch::Tensor Parameters::take(
    const std::string& name, const std::vector<std::int64_t>& shape, std::int64_t fanIn
) {
    std::int64_t count = 1;
    for (const auto size : shape) {
        count *= size;
    }
    trainable_ += count;
    if (!tensors_) {
        return keep(
            name,
            fanIn > 0 ? randomUniform(shape, std::sqrt(6.0 / static_cast<double>(fanIn)))
                      : torch::zeros(shape),
            true
        );
    }
    return takeFinite(name, shape);
}

torch::Tensor
Parameters::takeFinite(const std::string& name, const std::vector<std::int64_t>& shape) {
    const auto value = takeRaw(name, shape).to(torch::kFloat32).contiguous();
    if (!torch::isfinite(value).all().item<bool>()) {
        throw CheckpointError(fmt::format("{}: tensor '{}' holds NaN or infinity", origin_, name));
    }
    return value;
}

torch::Tensor Parameters::takeConstant(const std::string& name, const torch::Tensor& otherwise) {
    return tensors_ ? takeFinite(name, otherwise.sizes().vec())
                    : keep(name, otherwise.clone(), false);
}

BatchNorm Parameters::takeBatchNorm(const std::string& prefix, std::int64_t channels) {
    BatchNorm norm;
    if (!tensors_) {
        trainable_ += 2 * channels;
        norm.weight = keep(prefix + ".weight", torch::ones({channels}), true);
        norm.bias = keep(prefix + ".bias", torch::zeros({channels}), true);
        norm.mean = keep(prefix + ".running_mean", torch::zeros({channels}), false);
        norm.variance = keep(prefix + ".running_var", torch::ones({channels}), false);
        keep(prefix + ".num_batches_tracked", torch::zeros({}, torch::kInt64), false);
        return norm;
    }
    const auto running = [&](const char* name) { return takeFinite(prefix + name, {channels}); };
    norm.weight = take(prefix + ".weight", {channels});
    norm.bias = take(prefix + ".bias", {channels});
    norm.mean = running(".running_mean");
    norm.variance = running(".running_var");
    taken_.insert(prefix + ".num_batches_tracked"); // a training counter; older files lack it
    return norm;
}

void Parameters::requireAllTaken(const std::string& optionalPrefix) const {
    if (!tensors_) {
        return;
    }
    std::vector<std::string> unused;
    for (const auto& [name, tensor] : *tensors_) {
        const bool optional = !optionalPrefix.empty() && name.starts_with(optionalPrefix);
        if (!optional && !taken_.contains(name)) {
            unused.push_back(name);
        }
    }
    if (unused.empty()) {
        return;
    }
    const std::size_t count = unused.size();
    unused.resize(std::min<std::size_t>(count, 5));
    throw CheckpointError(
        fmt::format(
            "{}: {} tensors do not belong to this network: {}{}",
            origin_,
            count,
            fmt::join(unused, ", "),
            count > 5 ? ", ..." : ""
        ),
        "is --model (and --config) the network that these weights belong to?"
    );
}

} // namespace siskin
