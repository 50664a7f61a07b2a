// SPDX-License-Identifier: MIT
#include "gpu/point_tensors.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

namespace siskin::gpu {

void requireHere(const torch::Tensor& tensor, const char* operand) {
    if (tensor.defined() && tensor.device() != device()) {
        throw DeviceError(fmt::format(
            "{}: memory of {} expected, got {}", operand, device().str(), tensor.device().str()
        ));
    }
}

void requireIndexShape(const torch::Tensor& index, const char* operand, std::int64_t clouds) {
    const bool fits = index.defined() && index.scalar_type() == torch::kInt32 &&
                      index.is_contiguous() && (index.dim() == 2 || index.dim() == 3) &&
                      index.numel() > 0 && index.size(0) == clouds;
    if (!fits) {
        throw DeviceError(fmt::format(
            "{}: contiguous int32 [{}, M] or [{}, M, K] expected", operand, clouds, clouds
        ));
    }
    requireHere(index, operand);
}

IndexCheck::IndexCheck() : flag_(newTensor({1}, torch::kInt32)) {
    simt::fillBytes(currentStream(), flag_.data_ptr(), 0, flag_.nbytes());
}

void IndexCheck::finish(const char* operand, std::int64_t points) const {
    if (flag_.item<std::int32_t>() != 0) {
        throw DeviceError(fmt::format("{}: an index is not within the {} points", operand, points));
    }
}

torch::Tensor channelsLast(const torch::Tensor& tensor) {
    return tensor.movedim(1, -1).contiguous();
}

torch::Tensor channelsFirst(const torch::Tensor& tensor) {
    return tensor.movedim(-1, 1);
}

torch::Tensor withReadableRows(const torch::Tensor& features) {
    constexpr std::int64_t kFewChannels = 4; // each in a memory transaction of its own
    const bool readable = features.stride(1) == 1 || features.size(1) <= kFewChannels;
    return readable ? features : channelsFirst(channelsLast(features));
}

RowSource pointRowsOf(const torch::Tensor& features) {
    if (!features.defined()) {
        return {};
    }
    return {floats(features), features.stride(0), features.stride(2), features.stride(1)};
}

ColumnSource pointColumnsOf(const torch::Tensor& coords) {
    return {floats(coords), coords.stride(0), coords.stride(1), coords.stride(2)};
}

} // namespace siskin::gpu
