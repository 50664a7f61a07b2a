// SPDX-License-Identifier: MIT
// Clouds, features and indices as tensors, for the files point_*.cpp.
#pragma once

#include "gpu/kernels/points_layout.hpp"
#include "gpu/tensor_access.hpp"

namespace siskin::gpu {

/// Throws `DeviceError` unless `tensor` is undefined or in the memory that kernels read.
void requireHere(const torch::Tensor& tensor, const char* operand);

/// int32 [clouds, M] or [clouds, M, K], contiguous. The values are looked at by the kernels that
/// read them: `IndexCheck`.
void requireIndexShape(const torch::Tensor& index, const char* operand, std::int64_t clouds);

/// Whether an index was out of range, told by a kernel.
class IndexCheck {
  public:
    IndexCheck();

    std::int32_t* outside() const { return ints(flag_); }

    /// Waits for the device. Throws `DeviceError` when an index was outside.
    void finish(const char* operand, std::int64_t points) const;

  private:
    torch::Tensor flag_;
};

/// (B, C, ...) as a contiguous (B, ..., C); a copy only when the memory is not channels-last.
torch::Tensor channelsLast(const torch::Tensor& tensor);

/// The other way round, as a view.
torch::Tensor channelsFirst(const torch::Tensor& tensor);

/// (B, C, N) as it is where reading its rows is cheap, else channels-last.
torch::Tensor withReadableRows(const torch::Tensor& features);

/// Of (B, C, N), or nothing.
RowSource pointRowsOf(const torch::Tensor& features);

/// Of (B, D, N).
ColumnSource pointColumnsOf(const torch::Tensor& coords);

} // namespace siskin::gpu
