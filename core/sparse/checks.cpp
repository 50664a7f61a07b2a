// SPDX-License-Identifier: MIT
#include "core/sparse/checks.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>

namespace siskin {

namespace {

std::string_view nameOf(torch::ScalarType type) {
    switch (type) {
    case torch::kFloat32:
        return "float32";
    case torch::kFloat16:
        return "float16";
    case torch::kBFloat16:
        return "bfloat16";
    default:
        return c10::toString(type);
    }
}

} // namespace

void requireMatrix(
    const torch::Tensor& tensor,
    const char* operand,
    std::int64_t rows,
    std::int64_t channels,
    torch::ScalarType type
) {
    const bool fits = tensor.dim() == 2 && tensor.size(0) == rows && tensor.size(1) == channels;
    if (!fits || tensor.scalar_type() != type) {
        throw DeviceError(fmt::format(
            "{}: {} [{}, {}] expected, got {} with {} dimensions and {} values",
            operand,
            nameOf(type),
            rows,
            channels,
            nameOf(tensor.scalar_type()),
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
    const torch::Tensor& out,
    torch::ScalarType type,
    std::optional<torch::ScalarType> outType
) {
    if (map.volume() != conv.volume()) {
        throw DeviceError(fmt::format(
            "convolution: the map has {} kernel offsets, the weights {}",
            map.volume(),
            conv.volume()
        ));
    }
    requireMatrix(features, "convolution input", map.rowsIn(), conv.channelsIn(), type);
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
            projection ? projection->channelsIn() : conv.channelsOut(),
            type
        );
    }
    if (out.defined()) {
        requireMatrix(
            out, "convolution output", map.rowsOut(), conv.channelsOut(), outType.value_or(type)
        );
    }
}

void requireLabels(
    const torch::Tensor& logits,
    const torch::Tensor& pointToVoxel,
    std::span<const std::uint8_t> classIds,
    std::span<const float> confidence
) {
    constexpr std::int64_t kMostClasses = 256; // ids are bytes
    if (logits.dim() != 2 || logits.size(1) < 1 || logits.size(1) > kMostClasses) {
        throw DeviceError("logits: one row per voxel with 1 to 256 classes expected");
    }
    if (pointToVoxel.dim() != 1 || pointToVoxel.scalar_type() != torch::kInt64) {
        throw DeviceError("voxels of points: int64 [N] expected");
    }
    const auto points = static_cast<std::size_t>(pointToVoxel.size(0));
    if (classIds.size() != points || confidence.size() != points) {
        throw DeviceError(fmt::format("labels: room for one per point ({}) expected", points));
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
