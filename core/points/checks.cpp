// SPDX-License-Identifier: MIT
#include "core/points/checks.hpp"

#include "core/base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

namespace siskin::points {

namespace {

constexpr int kLargestResolution = 256;

std::string shapeOf(const torch::Tensor& tensor) {
    if (!tensor.defined()) {
        return "nothing";
    }
    return fmt::format(
        "{} [{}]", c10::toString(tensor.scalar_type()), fmt::join(tensor.sizes(), ", ")
    );
}

[[noreturn]] void refuse(const char* operand, const std::string& wanted, const torch::Tensor& got) {
    throw DeviceError(fmt::format("{}: {} expected, got {}", operand, wanted, shapeOf(got)));
}

bool isFloat(const torch::Tensor& tensor, std::int64_t dimensions) {
    return tensor.defined() && tensor.scalar_type() == torch::kFloat32 &&
           tensor.dim() == dimensions && tensor.numel() > 0;
}

bool isIndex(const torch::Tensor& tensor) {
    return tensor.defined() && tensor.scalar_type() == torch::kInt32 && tensor.is_contiguous();
}

std::string sizeOrAny(std::int64_t size) {
    return size < 0 ? "any" : std::to_string(size);
}

} // namespace

void requireCloud(
    const torch::Tensor& tensor, const char* operand, std::int64_t channels, std::int64_t batch
) {
    const bool fits = isFloat(tensor, 3) && (channels < 0 || tensor.size(1) == channels) &&
                      (batch < 0 || tensor.size(0) == batch) &&
                      tensor.size(2) <= std::numeric_limits<std::int32_t>::max() / 2;
    if (!fits) {
        const auto wanted = fmt::format(
            "float32 (clouds {}, channels {}, points), none of them 0,",
            sizeOrAny(batch),
            sizeOrAny(channels)
        );
        refuse(operand, wanted, tensor);
    }
}

void requireGrid(const torch::Tensor& grid, const char* operand, std::int64_t channels) {
    const bool fits = isFloat(grid, 5) && (channels < 0 || grid.size(1) == channels) &&
                      grid.size(2) == grid.size(3) && grid.size(3) == grid.size(4) &&
                      grid.size(2) <= kLargestResolution;
    if (!fits) {
        const auto wanted = fmt::format(
            "float32 (clouds, channels {}, r, r, r) with r in 1..{}",
            sizeOrAny(channels),
            kLargestResolution
        );
        refuse(operand, wanted, grid);
    }
}

void requireIndex(
    const torch::Tensor& index, const char* operand, std::int64_t batch, std::int64_t points
) {
    const bool fits = isIndex(index) && (index.dim() == 2 || index.dim() == 3) &&
                      index.numel() > 0 && index.size(0) == batch;
    if (!fits) {
        refuse(operand, fmt::format("contiguous int32 [{}, M] or [{}, M, K]", batch, batch), index);
    }
    if (index.min().item<std::int32_t>() < 0 || index.max().item<std::int32_t>() >= points) {
        throw DeviceError(fmt::format("{}: an index is not within the {} points", operand, points));
    }
}

void requirePositive(std::int64_t count, const char* what) {
    if (count < 1) {
        throw DeviceError(fmt::format("{}: at least 1 expected, got {}", what, count));
    }
}

void requirePlacement(const torch::Tensor& coords, int resolution) {
    requireCloud(coords, "coordinates", 3);
    if (resolution < 1 || resolution > kLargestResolution) {
        throw DeviceError(
            fmt::format("grid resolution: 1..{} expected, got {}", kLargestResolution, resolution)
        );
    }
    if (coords.abs().max().item<float>() <= kFurthestCoordinate) { // false where one is NaN
        return;
    }
    const auto bad = (coords.abs() <= kFurthestCoordinate).logical_not().nonzero()[0];
    const auto cloud = bad[0].item<std::int64_t>();
    const auto point = bad[2].item<std::int64_t>();
    const auto xyz = coords[cloud].select(1, point).contiguous();
    const auto* at = xyz.data_ptr<float>();
    throw DatasetError(
        fmt::format(
            "point {} of cloud {} lies at ({}, {}, {}): a grid takes finite coordinates up to {}",
            point,
            cloud,
            at[0],
            at[1],
            at[2],
            kFurthestCoordinate
        ),
        "remove such points from the data; coordinates are in metres"
    );
}

void requireVoxelize(const torch::Tensor& features, const GridPlacement& placement) {
    requireCloud(features, "features to voxelise", -1, placement.voxel.size(0));
    if (features.size(2) != placement.voxel.size(1)) {
        refuse("features to voxelise", fmt::format("{} points", placement.voxel.size(1)), features);
    }
}

void requireDevoxelize(
    const torch::Tensor& grid,
    const GridPlacement& placement,
    const torch::Tensor& channelScale,
    const torch::Tensor& addend
) {
    requireGrid(grid, "grid");
    const auto batch = placement.voxel.size(0);
    const auto points = placement.voxel.size(1);
    if (grid.size(0) != batch || grid.size(2) != placement.resolution) {
        refuse("grid", fmt::format("{} clouds of r {}", batch, placement.resolution), grid);
    }
    const auto channels = grid.size(1);
    if (channelScale.defined() && (!isFloat(channelScale, 2) || channelScale.size(0) != batch ||
                                   channelScale.size(1) != channels)) {
        refuse("channel scale", fmt::format("float32 [{}, {}]", batch, channels), channelScale);
    }
    if (addend.defined() && (!isFloat(addend, 3) || addend.size(0) != batch ||
                             addend.size(1) != channels || addend.size(2) != points)) {
        refuse("addend", fmt::format("float32 ({}, {}, {})", batch, channels, points), addend);
    }
}

void requireDenseWeights(
    const torch::Tensor& weight, const torch::Tensor& bias, float negativeSlope
) {
    const bool fits =
        isFloat(weight, 5) && weight.size(2) == 3 && weight.size(3) == 3 && weight.size(4) == 3;
    if (!fits) {
        refuse("dense convolution weight", "float32 [channels out, channels in, 3, 3, 3]", weight);
    }
    if (bias.defined() && (!isFloat(bias, 1) || bias.size(0) != weight.size(0))) {
        refuse("dense convolution bias", fmt::format("float32 [{}]", weight.size(0)), bias);
    }
    if (!(negativeSlope >= 0.0F && negativeSlope <= 1.0F)) {
        throw DeviceError(fmt::format("negative slope: 0 to 1 expected, got {}", negativeSlope));
    }
}

void requireNeighbours(
    const torch::Tensor& points, const torch::Tensor& queries, std::int64_t count
) {
    requireCloud(points, "points");
    requireCloud(queries, "queries", points.size(1), points.size(0));
    requirePositive(count, "neighbours");
    if (count > points.size(2)) {
        throw DeviceError(
            fmt::format("{} nearest neighbours asked of {} points", count, points.size(2)),
            "give more points or ask for fewer neighbours"
        );
    }
}

void requireQueries(const torch::Tensor& coords, const torch::Tensor& queries) {
    requireCloud(coords, "coordinates", 3);
    requireCloud(queries, "queries", 3, coords.size(0));
}

void requireBall(
    const torch::Tensor& coords, const torch::Tensor& centres, float radius, std::int64_t count
) {
    requireCloud(coords, "coordinates", 3);
    requireCloud(centres, "centres", 3, coords.size(0));
    requirePositive(count, "neighbours");
    if (!(radius >= 0.0F)) {
        throw DeviceError(fmt::format("ball radius: 0 or more expected, got {}", radius));
    }
}

void requireInterpolate(const torch::Tensor& features, const ThreeNearest& neighbours) {
    requireCloud(features, "features to interpolate");
    requireIndex(neighbours.index, "three nearest", features.size(0), features.size(2));
    const bool fits = isFloat(neighbours.weight, 3) && neighbours.weight.is_contiguous() &&
                      neighbours.weight.sizes() == neighbours.index.sizes() &&
                      neighbours.index.size(2) == 3;
    if (!fits) {
        refuse("weights of the three nearest", "float32 [B, M, 3]", neighbours.weight);
    }
}

void requireGroup(
    const torch::Tensor& coords,
    const torch::Tensor& centres,
    const torch::Tensor& features,
    const torch::Tensor& index
) {
    requireCloud(coords, "coordinates", 3);
    requireCloud(centres, "centres", 3, coords.size(0));
    requireIndex(index, "neighbours", coords.size(0), coords.size(2));
    if (index.dim() != 3 || index.size(1) != centres.size(2)) {
        refuse("neighbours", fmt::format("one row for each of {} centres", centres.size(2)), index);
    }
    if (features.defined()) {
        requireCloud(features, "features to group", -1, coords.size(0));
        if (features.size(2) != coords.size(2)) {
            refuse("features to group", fmt::format("{} points", coords.size(2)), features);
        }
    }
}

} // namespace siskin::points
