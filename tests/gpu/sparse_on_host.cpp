// SPDX-License-Identifier: MIT
#include "tests/gpu/sparse_on_host.hpp"

namespace siskin::test {

namespace {

using torch::Tensor;

/// Remembers the set on the device that a set on the host is a copy of.
class Original final : public VoxelIndex {
  public:
    explicit Original(VoxelSet set) : voxels(std::move(set)) {}

    VoxelSet voxels;
};

Tensor uploaded(const SparseOps& ops, const Tensor& tensor) {
    return tensor.defined() ? ops.upload(tensor) : Tensor();
}

} // namespace

const SparseOps& SparseOnHost::inner() const {
    if (!inner_) {
        inner_ = makeCudaOps(options_);
    }
    return *inner_;
}

VoxelSet SparseOnHost::toHost(const VoxelSet& voxels) const {
    return {inner().download(voxels.coords), std::make_shared<Original>(voxels)};
}

UniqueVoxels SparseOnHost::toHost(const UniqueVoxels& found) const {
    return {
        toHost(found.voxels), inner().download(found.firstRow), inner().download(found.inverse)};
}

VoxelSet SparseOnHost::toDevice(const VoxelSet& voxels) const {
    const auto original = std::dynamic_pointer_cast<const Original>(voxels.index);
    return original ? original->voxels : VoxelSet{inner().upload(voxels.coords)};
}

PointVoxelMap SparseOnHost::toDevice(const PointVoxelMap& map) const {
    PointVoxelMap result = map;
    for (auto* tensor :
         {&result.voxel, &result.corners, &result.weights, &result.memberStart, &result.members}) {
        *tensor = uploaded(inner(), *tensor);
    }
    return result;
}

std::shared_ptr<const SparseOps> SparseOnHost::inPrecision(Precision precision) const {
    auto options = options_;
    options.precision = precision;
    return std::make_shared<SparseOnHost>(options);
}

UniqueVoxels SparseOnHost::unique(const Tensor& coords) const {
    return toHost(inner().unique(inner().upload(coords)));
}

UniqueVoxels SparseOnHost::quantize(const Tensor& positions, float voxelSize) const {
    return toHost(inner().quantize(inner().upload(positions), voxelSize));
}

Tensor SparseOnHost::voxelPoints(const VoxelSet& voxels, float pointSize, float voxelSize) const {
    return inner().download(inner().voxelPoints(toDevice(voxels), pointSize, voxelSize));
}

UniqueVoxels SparseOnHost::voxelsOfPoints(const Tensor& points) const {
    return toHost(inner().voxelsOfPoints(inner().upload(points)));
}

bool SparseOnHost::expectLevels(const VoxelSet& finest, int levels, int kernelSize) const {
    return inner().expectLevels(toDevice(finest), levels, kernelSize);
}

Coarsening SparseOnHost::coarsen(const VoxelSet& fine) const {
    auto result = inner().coarsen(toDevice(fine));
    result.coarse = toHost(result.coarse);
    return result;
}

KernelMapPtr SparseOnHost::submanifoldMap(const VoxelSet& voxels, int kernelSize) const {
    return inner().submanifoldMap(toDevice(voxels), kernelSize);
}

KernelMapPtr SparseOnHost::mapFromPairs(
    const Tensor& pairs, int volume, std::int64_t rowsIn, std::int64_t rowsOut
) const {
    return inner().mapFromPairs(pairs, volume, rowsIn, rowsOut);
}

KernelMapPtr SparseOnHost::identityMap(std::int64_t rows) const {
    return inner().identityMap(rows);
}

PreparedConvPtr
SparseOnHost::prepare(const Tensor& weight, const Tensor& bias, Activation activation) const {
    return inner().prepare(weight, bias, activation);
}

Tensor SparseOnHost::convolve(
    const Tensor& features,
    const KernelMap& map,
    const PreparedConv& conv,
    const Shortcut& shortcut,
    const Tensor& out
) const {
    const auto added = shortcut.defined()
                           ? Shortcut(inner().upload(shortcut.features), shortcut.projection)
                           : Shortcut();
    const auto there = uploaded(inner(), out); // rows may be strided there, too
    const auto result =
        inner().download(inner().convolve(inner().upload(features), map, conv, added, there));
    return out.defined() ? out.copy_(result) : result;
}

PointVoxelMap
SparseOnHost::mapPoints(const Tensor& points, const VoxelSet& voxels, int stride) const {
    auto map = inner().mapPoints(inner().upload(points), toDevice(voxels), stride);
    for (auto* tensor : {&map.voxel, &map.corners, &map.weights, &map.memberStart, &map.members}) {
        *tensor = inner().download(*tensor);
    }
    return map;
}

Tensor SparseOnHost::pointsToVoxels(const Tensor& pointFeatures, const PointVoxelMap& map) const {
    return inner().download(inner().pointsToVoxels(inner().upload(pointFeatures), toDevice(map)));
}

Tensor SparseOnHost::voxelsToPoints(
    const Tensor& voxelFeatures, const PointVoxelMap& map, const Tensor& addend
) const {
    return inner().download(inner().voxelsToPoints(
        inner().upload(voxelFeatures), toDevice(map), uploaded(inner(), addend)
    ));
}

void SparseOnHost::labelPoints(
    const Tensor& logits,
    const Tensor& pointToVoxel,
    std::span<std::uint8_t> classIds,
    std::span<float> confidence
) const {
    inner().labelPoints(inner().upload(logits), inner().upload(pointToVoxel), classIds, confidence);
}

} // namespace siskin::test
