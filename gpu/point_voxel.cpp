// SPDX-License-Identifier: MIT
#include "gpu/point_voxel.hpp"

#include "core/sparse/checks.hpp"
#include "gpu/cuda_conv.hpp"
#include "gpu/feature_rows.hpp"
#include "gpu/tensor_access.hpp"
#include "gpu/voxel_index.hpp"

#include <algorithm>

namespace siskin::gpu {

using torch::Tensor;

PointVoxelMap mapPoints(const Tensor& points, const VoxelSet& voxels, int stride) {
    requireMatrix(points, "points", points.size(0), 4);
    const auto rows = points.contiguous();
    const std::int64_t count = rows.size(0);
    PointVoxelMap map;
    map.voxels = voxels.size();
    map.voxel = newTensor({count}, torch::kInt32);
    map.corners = newTensor({count, 8}, torch::kInt32);
    map.weights = newTensor({count, 8}, torch::kFloat32);
    map.memberStart = torch::zeros(
        {voxels.size() + 1}, torch::TensorOptions().dtype(torch::kInt32).device(device())
    );
    map.members = newTensor({count}, torch::kInt32);
    if (count == 0 || voxels.size() == 0) {
        map.voxel.fill_(-1);
        map.corners.fill_(-1);
        map.weights.zero_();
        return map;
    }
    const auto index = indexOf(voxels);
    const auto places = newTensor({count}, torch::kInt32);
    const auto sortedPlaces = newTensor({count}, torch::kInt32);
    const auto numbers = newTensor({count}, torch::kInt32);
    const auto stream = currentStream();
    placePoints(
        stream,
        floats(rows),
        count,
        lookUp(voxels, *index),
        stride,
        ints(map.voxel),
        ints(map.corners),
        floats(map.weights),
        words(places),
        ints(numbers)
    );
    int bits = 1;
    while ((voxels.size() >> bits) != 0) {
        ++bits;
    }
    ScratchMemory scratch;
    simt::sortPairs(
        stream,
        words(places),
        words(sortedPlaces),
        ints(numbers),
        ints(map.members),
        count,
        bits,
        scratch.function()
    );
    findStarts(stream, words(sortedPlaces), count, voxels.size(), ints(map.memberStart));
    return map;
}

void labelPoints(
    const Tensor& logits,
    const Tensor& pointToVoxel,
    std::span<std::uint8_t> classIds,
    std::span<float> confidence
) {
    requireLabels(logits, pointToVoxel, classIds, confidence);
    requireMatrix(logits, "logits", logits.size(0), logits.size(1));
    const auto rows = logits.contiguous();
    const auto points = static_cast<std::int64_t>(classIds.size());
    const auto bestClass = newTensor({rows.size(0)}, torch::kUInt8);
    const auto bestShare = newTensor({rows.size(0)}, torch::kFloat32);
    const auto ids = newTensor({points}, torch::kUInt8);
    const auto shares = newTensor({points}, torch::kFloat32);
    const auto rowOf = pointToVoxel.to(device()).contiguous();
    const auto stream = currentStream();
    labelRows(
        stream,
        floats(rows),
        rows.size(0),
        static_cast<int>(rows.size(1)),
        bestClass.data_ptr<std::uint8_t>(),
        floats(bestShare)
    );
    spreadLabels(
        stream,
        bestClass.data_ptr<std::uint8_t>(),
        floats(bestShare),
        rowOf.data_ptr<std::int64_t>(),
        points,
        ids.data_ptr<std::uint8_t>(),
        floats(shares)
    );
    const auto idsOnHost = ids.cpu();
    const auto sharesOnHost = shares.cpu();
    std::copy_n(idsOnHost.data_ptr<std::uint8_t>(), points, classIds.begin());
    std::copy_n(sharesOnHost.data_ptr<float>(), points, confidence.begin());
}

Tensor pointsToVoxels(const Tensor& pointFeatures, const PointVoxelMap& map) {
    const auto type = pointFeatures.scalar_type();
    const std::int64_t channels = pointFeatures.size(1);
    requireMatrix(pointFeatures, "point features", map.voxel.size(0), channels, type);
    auto means = newFeatureRows(map.voxels, channels, type);
    meanOverPoints(
        currentStream(),
        formatMoving(pointFeatures),
        rowsOf(pointFeatures),
        ints(map.members),
        ints(map.memberStart),
        rowsOf(means)
    );
    return means;
}

Tensor voxelsToPoints(const Tensor& voxelFeatures, const PointVoxelMap& map, const Tensor& addend) {
    const auto type = voxelFeatures.scalar_type();
    const std::int64_t channels = voxelFeatures.size(1);
    const std::int64_t points = map.voxel.size(0);
    requireMatrix(voxelFeatures, "voxel features", map.voxels, channels, type);
    if (addend.defined()) {
        requireMatrix(addend, "addend", points, channels, addend.scalar_type());
    }
    const auto added = addend.defined() ? addend.to(type) : Tensor();
    auto result = newFeatureRows(points, channels, type);
    interpolateCorners(
        currentStream(),
        formatMoving(voxelFeatures),
        rowsOf(voxelFeatures),
        ints(map.corners),
        floats(map.weights),
        added.defined() ? rowsOf(added) : FeatureRows{},
        rowsOf(result)
    );
    return result;
}

} // namespace siskin::gpu
