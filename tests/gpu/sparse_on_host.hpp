// SPDX-License-Identifier: MIT
// The CUDA core for tests that know only the processor's memory: arguments are copied to the
// device and results back. Where both are the same memory, as in the emulator, nothing is copied.
#pragma once

#include "gpu/cuda_ops.hpp"

namespace siskin::test {

class SparseOnHost final : public SparseOps {
  public:
    using Tensor = torch::Tensor;

    /// The device is opened at the first operation.
    explicit SparseOnHost(const CudaOptions& options = {}) : options_(options) {}

    std::string name() const override { return "cuda"; }

    std::string description() const override { return inner().description(); }

    Precision precision() const override { return options_.precision; }

    std::shared_ptr<const SparseOps> inPrecision(Precision precision) const override;
    UniqueVoxels unique(const Tensor& coords) const override;
    UniqueVoxels quantize(const Tensor& positions, float voxelSize) const override;
    Tensor voxelPoints(const VoxelSet& voxels, float pointSize, float voxelSize) const override;
    UniqueVoxels voxelsOfPoints(const Tensor& points) const override;
    bool expectLevels(const VoxelSet& finest, int levels, int kernelSize) const override;
    Coarsening coarsen(const VoxelSet& fine) const override;
    KernelMapPtr submanifoldMap(const VoxelSet& voxels, int kernelSize) const override;
    KernelMapPtr mapFromPairs(
        const Tensor& pairs, int volume, std::int64_t rowsIn, std::int64_t rowsOut
    ) const override;
    KernelMapPtr identityMap(std::int64_t rows) const override;
    PreparedConvPtr
    prepare(const Tensor& weight, const Tensor& bias, Activation activation) const override;
    Tensor convolve(
        const Tensor& features,
        const KernelMap& map,
        const PreparedConv& conv,
        const Shortcut& shortcut,
        const Tensor& out
    ) const override;
    PointVoxelMap
    mapPoints(const Tensor& points, const VoxelSet& voxels, int stride) const override;
    Tensor pointsToVoxels(const Tensor& pointFeatures, const PointVoxelMap& map) const override;
    Tensor voxelsToPoints(
        const Tensor& voxelFeatures, const PointVoxelMap& map, const Tensor& addend
    ) const override;
    void labelPoints(
        const Tensor& logits,
        const Tensor& pointToVoxel,
        std::span<std::uint8_t> classIds,
        std::span<float> confidence
    ) const override;

  private:
    const SparseOps& inner() const;
    UniqueVoxels toHost(const UniqueVoxels& found) const;
    VoxelSet toHost(const VoxelSet& voxels) const;
    VoxelSet toDevice(const VoxelSet& voxels) const;
    PointVoxelMap toDevice(const PointVoxelMap& map) const;

    CudaOptions options_;
    mutable std::shared_ptr<const SparseOps> inner_;
};

} // namespace siskin::test
