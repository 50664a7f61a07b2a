// SPDX-License-Identifier: MIT
// Tensors as the rows and columns that the kernels read.
#pragma once

#include "core/points/cpu/point_kernels.hpp"

#include <torch/types.h>

#include <vector>

namespace siskin::points {

/// (B, C, ...) as a contiguous (B, ..., C); a copy only when the memory is not channels-last
/// already.
torch::Tensor channelsLast(const torch::Tensor& tensor);

/// The other way round, as a view: (B, ..., C) seen as (B, C, ...).
torch::Tensor channelsFirst(const torch::Tensor& tensor);

/// Row `row` of matrix `batch` of a contiguous (B, rows..., C).
Rows rowsAt(const torch::Tensor& channelsLastTensor, std::int64_t batch, std::int64_t row = 0);

/// A copy of (D, N) with rows padded to a multiple of kPadding.
class PaddedColumns {
  public:
    PaddedColumns(const torch::Tensor& values, float padding);

    Columns columns() const noexcept { return {values_.data(), stride_, dimensions_}; }

  private:
    std::int64_t dimensions_;
    std::int64_t stride_;
    std::vector<float> values_;
};

/// One PaddedColumns per cloud of (B, D, N), padded with infinity: padding is near nothing.
std::vector<PaddedColumns> paddedClouds(const torch::Tensor& clouds);

/// interpolate, gather, groupAround of PointOps; arguments are checked by the caller.
torch::Tensor
blendThree(const torch::Tensor& features, const torch::Tensor& index, const torch::Tensor& weight);
torch::Tensor gatherRows(const torch::Tensor& features, const torch::Tensor& index);
torch::Tensor groupRows(
    const torch::Tensor& coords,
    const torch::Tensor& centres,
    const torch::Tensor& features,
    const torch::Tensor& index
);

} // namespace siskin::points
