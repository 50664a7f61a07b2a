// SPDX-License-Identifier: MIT
// `cpu` pretending to be elsewhere: every tensor that it hands out has a type that nothing reads
// directly, so code that reads one without `download` fails without a GPU, too.
#pragma once

#include "core/sparse/sparse_ops.hpp"

#include <string>
#include <utility>

namespace siskin::test {

class FarOps : public SparseOps {
  public:
    using Tensor = torch::Tensor;

    /// `takesHints`: what `expectLevels` answers.
    explicit FarOps(bool takesHints) : takesHints_(takesHints) {}

    int hints() const noexcept { return hints_; } ///< how often `expectLevels` was called

    std::string name() const override { return "far"; }

    std::string description() const override { return "far"; }

    Precision precision() const override { return Precision::Float32; }

    std::shared_ptr<const SparseOps> inPrecision(Precision) const override {
        return std::make_shared<FarOps>(takesHints_);
    }

    Tensor upload(const Tensor& host) const override { return exchanged(host); }

    Tensor download(const Tensor& tensor) const override { return exchanged(tensor); }

    Tensor newFeatures(std::int64_t rows, std::int64_t channels) const override {
        return torch::empty({rows, channels}, torch::kFloat64);
    }

    UniqueVoxels unique(const Tensor& coords) const override {
        return far(near_->unique(exchanged(coords)));
    }

    UniqueVoxels quantize(const Tensor& positions, float voxelSize) const override {
        return far(near_->quantize(exchanged(positions), voxelSize));
    }

    Tensor voxelPoints(const VoxelSet& voxels, float pointSize, float voxelSize) const override {
        return exchanged(near_->voxelPoints(exchanged(voxels), pointSize, voxelSize));
    }

    UniqueVoxels voxelsOfPoints(const Tensor& points) const override {
        return far(near_->voxelsOfPoints(exchanged(points)));
    }

    bool expectLevels(const VoxelSet&, int, int) const override {
        ++hints_;
        return takesHints_;
    }

    Coarsening coarsen(const VoxelSet& fine) const override {
        auto result = near_->coarsen(exchanged(fine));
        result.coarse = exchanged(result.coarse);
        return result;
    }

    KernelMapPtr submanifoldMap(const VoxelSet& voxels, int kernelSize) const override {
        return near_->submanifoldMap(exchanged(voxels), kernelSize);
    }

    KernelMapPtr mapFromPairs(
        const Tensor& pairs, int volume, std::int64_t rowsIn, std::int64_t rowsOut
    ) const override {
        return near_->mapFromPairs(pairs, volume, rowsIn, rowsOut);
    }

    KernelMapPtr identityMap(std::int64_t rows) const override { return near_->identityMap(rows); }

    PreparedConvPtr
    prepare(const Tensor& weight, const Tensor& bias, Activation activation) const override {
        return near_->prepare(weight, bias, activation);
    }

    Tensor convolve(
        const Tensor& features,
        const KernelMap& map,
        const PreparedConv& conv,
        const Shortcut& shortcut,
        const Tensor& out
    ) const override {
        const auto added = shortcut.defined()
                               ? Shortcut(exchanged(shortcut.features), shortcut.projection)
                               : Shortcut();
        const auto result = exchanged(near_->convolve(exchanged(features), map, conv, added));
        return out.defined() ? out.copy_(result) : result;
    }

    PointVoxelMap
    mapPoints(const Tensor& points, const VoxelSet& voxels, int stride) const override {
        return near_->mapPoints(exchanged(points), exchanged(voxels), stride);
    }

    Tensor pointsToVoxels(const Tensor& pointFeatures, const PointVoxelMap& map) const override {
        return exchanged(near_->pointsToVoxels(exchanged(pointFeatures), map));
    }

    Tensor voxelsToPoints(
        const Tensor& voxelFeatures, const PointVoxelMap& map, const Tensor& addend
    ) const override {
        const auto added = addend.defined() ? exchanged(addend) : Tensor();
        return exchanged(near_->voxelsToPoints(exchanged(voxelFeatures), map, added));
    }

    void labelPoints(
        const Tensor& logits,
        const Tensor& pointToVoxel,
        std::span<std::uint8_t> classIds,
        std::span<float> confidence
    ) const override {
        near_->labelPoints(exchanged(logits), exchanged(pointToVoxel), classIds, confidence);
    }

  private:
    /// float32 and float64, int32 and int64 change places: no value does.
    static Tensor exchanged(const Tensor& tensor) {
        switch (tensor.scalar_type()) {
        case torch::kFloat32:
            return tensor.to(torch::kFloat64);
        case torch::kFloat64:
            return tensor.to(torch::kFloat32);
        case torch::kInt32:
            return tensor.to(torch::kInt64);
        default:
            return tensor.to(torch::kInt32);
        }
    }

    static VoxelSet exchanged(const VoxelSet& voxels) { return {exchanged(voxels.coords)}; }

    static UniqueVoxels far(const UniqueVoxels& found) {
        return {exchanged(found.voxels), exchanged(found.firstRow), exchanged(found.inverse)};
    }

    std::shared_ptr<const SparseOps> near_ = makeCpuOps();
    bool takesHints_;
    mutable int hints_ = 0;
};

} // namespace siskin::test
