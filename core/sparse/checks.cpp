// SPDX-License-Identifier: MIT
#include "core/sparse/checks.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

namespace siskin {

void requireMatrix(
    const torch::Tensor& tensor, const char* operand, std::int64_t rows, std::int64_t channels
) {
    const bool fits = tensor.dim() == 2 && tensor.size(0) == rows && tensor.size(1) == channels;
    if (!fits || tensor.scalar_type() != torch::kFloat32) {
        throw DeviceError(fmt::format(
            "{}: float32 [{}, {}] expected, got {} with {} dimensions and {} values",
            operand,
            rows,
            channels,
            c10::toString(tensor.scalar_type()),
            tensor.dim(),
            tensor.numel()
        ));
    }
    if (channels > 1 && tensor.stride(1) != 1) {
        throw DeviceError(fmt::format("{}: channels must be contiguous", operand));
    }
}

void requireConvolution(
    const torch::Tensor& features,
    const KernelMap& map,
    const PreparedConv& conv,
    const Shortcut& shortcut,
    const torch::Tensor& out
) {
    if (map.volume() != conv.volume()) {
        throw DeviceError(fmt::format(
            "convolution: the map has {} kernel offsets, the weights {}",
            map.volume(),
            conv.volume()
        ));
    }
    requireMatrix(features, "convolution input", map.rowsIn(), conv.channelsIn());
    if (shortcut.defined()) {
        const auto* projection = shortcut.projection;
        if (projection &&
            (projection->volume() != 1 || projection->channelsOut() != conv.channelsOut() ||
             projection->activation() != Activation::None)) {
            throw DeviceError(fmt::format(
                "convolution shortcut: a 1x1x1 convolution to {} channels without activation "
                "expected",
                conv.channelsOut()
            ));
        }
        requireMatrix(
            shortcut.features,
            "convolution shortcut",
            map.rowsOut(),
            projection ? projection->channelsIn() : conv.channelsOut()
        );
    }
    if (out.defined()) {
        requireMatrix(out, "convolution output", map.rowsOut(), conv.channelsOut());
    }
}

void requireWeights(const torch::Tensor& weight, const torch::Tensor& bias) {
    if (weight.dim() != 3 || weight.scalar_type() != torch::kFloat32) {
        throw DeviceError(
            "convolution weight: float32 [kernel volume, channels in, channels out] expected"
        );
    }
    if (bias.defined() && (bias.dim() != 1 || bias.size(0) != weight.size(2))) {
        throw DeviceError("convolution bias: one value per output channel expected");
    }
}

torch::Tensor
requirePairs(const torch::Tensor& pairs, int volume, std::int64_t rowsIn, std::int64_t rowsOut) {
    if (pairs.dim() != 2 || pairs.size(1) != 3 || pairs.scalar_type() != torch::kInt64) {
        throw DeviceError(
            "kernel-map pairs: int64 [P, 3] (kernel index, input row, output row) expected"
        );
    }
    const auto limit = torch::tensor({std::int64_t{volume}, rowsIn, rowsOut});
    if (!((pairs >= 0) & (pairs < limit)).all().item<bool>()) {
        throw DeviceError("kernel-map pairs: an index is out of range");
    }
    const auto place = pairs.select(1, 0) * rowsOut + pairs.select(1, 2);
    const auto [sorted, order] = place.sort();
    if (sorted.size(0) > 1 && (sorted.diff() == 0).any().item<bool>()) {
        throw DeviceError("kernel-map pairs: an output row meets one kernel index twice");
    }
    return pairs.index_select(0, order);
}

void requireCoordinates(const torch::Tensor& coords) {
    if (coords.dim() != 2 || coords.size(1) != 4 || coords.scalar_type() != torch::kInt32) {
        throw DeviceError("voxel coordinates: int32 [M, 4] (batch, x, y, z) expected");
    }
}

void requirePositions(const torch::Tensor& positions) {
    if (positions.dim() != 2 || positions.size(1) != 3 ||
        positions.scalar_type() != torch::kFloat32) {
        throw DeviceError("positions: float32 [N, 3] expected");
    }
}

void throwCoordinateTooLarge(std::int64_t row, float voxelSize) {
    throw DatasetError(
        fmt::format("point {} lies more than 2^30 voxels of {} m from the origin", row, voxelSize),
        "check the units of the scan (metres are expected)"
    );
}

} // namespace siskin
