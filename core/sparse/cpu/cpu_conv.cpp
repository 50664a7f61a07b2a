// SPDX-License-Identifier: MIT
#include "core/sparse/cpu/cpu_conv.hpp"

#include "core/base/error.hpp"

#include <ATen/ATen.h>

namespace siskin::cpu {

CpuConv::CpuConv(
    Precision precision,
    const torch::Tensor& weight,
    const torch::Tensor& bias,
    Activation activation
)
    : PreparedConv(static_cast<int>(weight.size(0)), weight.size(1), weight.size(2), activation),
      precision_(precision) {
    if (precision == Precision::Int8) {
        weight_ = weight;
        bias_ = bias;
    } else {
        packed_.emplace(precision, weight, bias);
    }
}

const PackedConv& CpuConv::packed() const {
    if (precision_ != Precision::Int8) {
        return *packed_;
    }
    // 1x1x1 layers (projections, the classifier) have few products and most of the error.
    if (sawNegative_ || volume() == 1) {
        return exact();
    }
    const std::scoped_lock lock(mutex_);
    if (!packed_) {
        packed_.emplace(quantize());
        exact_.reset();
    }
    return *packed_;
}

const PackedConv& CpuConv::exact() const {
    const std::scoped_lock lock(mutex_);
    if (!exact_) {
        exact_.emplace(Precision::Float32, weight_, bias_);
    }
    return *exact_;
}

void CpuConv::observe(const torch::Tensor& features) const {
    const std::scoped_lock lock(mutex_);
    packed_.reset();
    if (features.size(0) == 0) {
        return;
    }
    const auto largest = features.amax(0);
    largest_ = largest_.defined() ? at::maximum(largest_, largest) : largest;
    sawNegative_ = sawNegative_ || features.min().item<float>() < 0.0F;
}

PackedConv CpuConv::quantize() const {
    if (!largest_.defined()) {
        throw DeviceError(
            "int8 needs the range of every layer's input first",
            "run a calibration over a few frames"
        );
    }
    // A channel that was never active still gets a scale: the mean one, so that it can wake up.
    const auto mean = at::clamp_min(largest_.mean(), 1e-6);
    const auto bound = at::where(largest_ > mean * 1e-3, largest_, mean);
    constexpr float kLargestStep = 255.0F;
    return {Precision::Int8, weight_, bias_, bound / kLargestStep};
}

} // namespace siskin::cpu
