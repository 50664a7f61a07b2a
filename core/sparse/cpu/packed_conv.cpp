// SPDX-License-Identifier: MIT
#include "core/sparse/cpu/packed_conv.hpp"

#include "core/base/parallel.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace siskin::cpu {

namespace {

constexpr std::int64_t kEncodeGrain = 2048;
constexpr std::int64_t kLargestWeight = 127;

/// The narrowest panel that takes `columns` in one go, else the widest.
const PanelKernel& panelFor(const MatrixKernels& kernels, std::int64_t columns) {
    const auto* last = kernels.panels + kernels.panelCount - 1;
    return *std::find_if(kernels.panels, last, [columns](const PanelKernel& panel) {
        return panel.columns >= columns;
    });
}

std::int64_t divideUp(std::int64_t value, std::int64_t by) {
    return (value + by - 1) / by;
}

/// Values of a float32 vector, followed by enough `fill` for any panel to read on.
std::vector<float> paddedCopy(const torch::Tensor& values, std::int64_t size, float fill) {
    constexpr std::int64_t kWidestPanel = 32;
    std::vector<float> result(static_cast<std::size_t>(size + kWidestPanel), fill);
    if (values.defined()) {
        const auto contiguous = values.contiguous();
        std::copy_n(contiguous.data_ptr<float>(), size, result.begin());
    }
    return result;
}

} // namespace

PackedConv::PackedConv(
    Precision precision,
    const torch::Tensor& weight,
    const torch::Tensor& bias,
    const torch::Tensor& inputUnits
)
    : kernels_(selectMatrixKernels(precision)), precision_(precision),
      volume_(static_cast<int>(weight.size(0))), channelsIn_(weight.size(1)),
      channelsOut_(weight.size(2)), bias_(paddedCopy(bias, channelsOut_, 0.0F)) {
    choosePanels();
    auto values = weight.contiguous();
    if (precision == Precision::Int8) {
        values = values * inputUnits.view({1, -1, 1});
        const auto largest = values.abs().amax({0, 1});
        const auto units = at::clamp_min(largest, 1e-30) / kLargestWeight;
        values = at::round(values / units).contiguous();
        scale_ = paddedCopy(units, channelsOut_, 0.0F);
        inputScale_ = paddedCopy(inputUnits.reciprocal(), channelsIn_, 0.0F);
    } else {
        scale_ = paddedCopy({}, channelsOut_, 1.0F);
    }
    packAs(values);
}

void PackedConv::choosePanels() {
    const std::int64_t words = divideUp(channelsIn_, kernels_.channelsPerWord);
    inputWords_ = words;
    std::int64_t size = 0;
    for (std::int64_t column = 0; column < channelsOut_;) {
        const auto& kernel = panelFor(kernels_, channelsOut_ - column);
        const auto columns = std::min<std::int64_t>(channelsOut_ - column, kernel.columns);
        const std::int64_t steps = divideUp(words, kernel.fold);
        panels_.push_back({column, columns, &kernel, steps, size});
        inputWords_ = std::max(inputWords_, steps * kernel.fold);
        size += volume_ * steps * kernel.columns * kernel.fold;
        column += columns;
    }
    words_ = torch::zeros({size}, torch::kFloat32);
}

void PackedConv::packAs(const torch::Tensor& weight) {
    switch (precision_) {
    case Precision::Float32:
    case Precision::TensorFloat32: // not on a processor: selectMatrixKernels has refused it
        return pack<float>(weight);
    case Precision::Float16:
        return pack<c10::Half>(weight);
    case Precision::BFloat16:
        return pack<c10::BFloat16>(weight);
    case Precision::Int8:
        return pack<std::int8_t>(weight);
    }
}

template <class Value>
void PackedConv::pack(const torch::Tensor& weight) {
    const float* source = weight.data_ptr<float>();
    auto* target = reinterpret_cast<Value*>(words_.data_ptr<float>());
    const std::int64_t perWord = kernels_.channelsPerWord;
    for (const auto& panel : panels_) {
        const std::int64_t fold = panel.kernel->fold;
        for (std::int64_t row = 0; row < volume_ * channelsIn_; ++row) {
            const std::int64_t in = row % channelsIn_;
            const std::int64_t word = in / perWord;
            const std::int64_t step = row / channelsIn_ * panel.steps + word / fold;
            const std::int64_t first =
                panel.weights + step * panel.kernel->columns * fold + word % fold;
            for (std::int64_t c = 0; c < panel.columns; ++c) {
                target[(first + c * fold) * perWord + in % perWord] =
                    static_cast<Value>(source[row * channelsOut_ + panel.firstColumn + c]);
            }
        }
    }
}

torch::Tensor PackedConv::encode(const torch::Tensor& features) const {
    if (precision_ == Precision::Float32 && inputWords_ == features.size(1)) {
        return features;
    }
    const auto result = torch::empty({features.size(0), inputWords_}, torch::kFloat32);
    const float* from = features.data_ptr<float>();
    float* to = result.data_ptr<float>();
    const std::int64_t stride = features.stride(0);
    parallelFor(features.size(0), kEncodeGrain, [&](std::int64_t begin, std::int64_t end) {
        kernels_.encode(
            {from + begin * stride, stride},
            end - begin,
            channelsIn_,
            inputScale_.data(),
            inputWords_,
            to + begin * inputWords_
        );
    });
    return result;
}

} // namespace siskin::cpu
