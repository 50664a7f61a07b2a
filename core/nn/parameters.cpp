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
        return fanIn > 0 ? randomUniform(shape, std::sqrt(6.0 / static_cast<double>(fanIn)))
                         : torch::zeros(shape);
    }
    const auto value = takeRaw(name, shape).to(torch::kFloat32).contiguous();
    if (!torch::isfinite(value).all().item<bool>()) {
        throw CheckpointError(fmt::format("{}: tensor '{}' holds NaN or infinity", origin_, name));
    }
    return value;
}

Parameters::Affine
Parameters::takeBatchNorm(const std::string& prefix, std::int64_t channels, double epsilon) {
    if (!tensors_) {
        trainable_ += 2 * channels;
        return {
            torch::ones({channels}, torch::kFloat64), torch::zeros({channels}, torch::kFloat64)};
    }
    const auto weight = take(prefix + ".weight", {channels}).to(torch::kFloat64);
    const auto bias = take(prefix + ".bias", {channels}).to(torch::kFloat64);
    const auto mean = takeRaw(prefix + ".running_mean", {channels}).to(torch::kFloat64);
    const auto variance = takeRaw(prefix + ".running_var", {channels}).to(torch::kFloat64);
    taken_.insert(prefix + ".num_batches_tracked"); // a training counter; older files lack it
    const auto scale = weight / torch::sqrt(variance + epsilon);
    return {scale, bias - mean * scale};
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
