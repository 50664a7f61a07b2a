// SPDX-License-Identifier: MIT
// Weights in the order that the matrix instructions of `convolveTiles` need, see conv_job.hpp.
#pragma once

#include "gpu/kernels/conv_job.hpp"

#include <torch/types.h>

namespace siskin::gpu {

constexpr int bytesPerValue(Format format) {
    return format == Format::TensorFloat32 ? 4 : 2;
}

/// Whether a row of that many channels fits into one piece, so that a step takes four offsets.
constexpr bool isNarrow(Format format, int volume, std::int64_t channelsIn) {
    return volume > 1 && channelsIn * bytesPerValue(format) <= kPieceBytes;
}

/// Steps per kernel offset, or of all offsets together when narrow.
constexpr int stepsOf(Format format, int volume, std::int64_t channelsIn) {
    return static_cast<int>(
        isNarrow(format, volume, channelsIn)
            ? simt::divideUp(volume, kPiecesPerStep)
            : simt::divideUp(channelsIn * bytesPerValue(format), kStepBytes)
    );
}

/// `weight` float32 [volume, in, out] on the host -> int32 (bits) on the host.
torch::Tensor packWeights(const torch::Tensor& weight, Format format);

} // namespace siskin::gpu
