// SPDX-License-Identifier: MIT
// Shows every convolution of a network to a benchmark, in the order in which they run.
#pragma once

#include "core/sparse/sparse_ops.hpp"

#include <functional>
#include <string>
#include <utility>

namespace siskin::bench {

/// One call of `SparseOps::convolve`. Holds on to everything, so that it can be repeated.
struct ConvCall {
    torch::Tensor features;
    KernelMapPtr map;
    const PreparedConv* conv = nullptr; ///< the network's
    Shortcut shortcut;
    torch::Tensor out; ///< where the result was put
};

/// Another implementation, whose convolutions are told to a listener when they have been asked for.
class ConvTap final : public SparseOps {
  public:
    using Tensor = torch::Tensor;
    using Listener = std::function<void(const ConvCall&)>;

    ConvTap(const SparseOps& inner, Listener listener)
        : inner_(inner), listener_(std::move(listener)) {}

    std::string name() const override { return inner_.name(); }

    std::string description() const override { return inner_.description(); }

    Precision precision() const override { return inner_.precision(); }

    std::shared_ptr<const SparseOps> inPrecision(Precision precision) const override {
        return inner_.inPrecision(precision);
    }

    Tensor upload(const Tensor& host) const override { return inner_.upload(host); }

    Tensor download(const Tensor& tensor) const override { return inner_.download(tensor); }

    Tensor newFeatures(std::int64_t rows, std::int64_t channels) const override {
        return inner_.newFeatures(rows, channels);
    }

    UniqueVoxels unique(const Tensor& coords) const override { return inner_.unique(coords); }

    UniqueVoxels quantize(const Tensor& positions, float voxelSize) const override {
        return inner_.quantize(positions, voxelSize);
    }

    Tensor voxelPoints(const VoxelSet& voxels, float pointSize, float voxelSize) const override {
        return inner_.voxelPoints(voxels, pointSize, voxelSize);
    }

    UniqueVoxels voxelsOfPoints(const Tensor& points) const override {
        return inner_.voxelsOfPoints(points);
    }

    bool expectLevels(const VoxelSet& finest, int levels, int kernelSize) const override {
        return inner_.expectLevels(finest, levels, kernelSize);
    }

    Coarsening coarsen(const VoxelSet& fine) const override { return inner_.coarsen(fine); }

    KernelMapPtr submanifoldMap(const VoxelSet& voxels, int kernelSize) const override {
        return inner_.submanifoldMap(voxels, kernelSize);
    }

    KernelMapPtr mapFromPairs(
        const Tensor& pairs, int volume, std::int64_t rowsIn, std::int64_t rowsOut
    ) const override {
        return inner_.mapFromPairs(pairs, volume, rowsIn, rowsOut);
    }

    KernelMapPtr identityMap(std::int64_t rows) const override { return inner_.identityMap(rows); }

    PreparedConvPtr
    prepare(const Tensor& weight, const Tensor& bias, Activation activation) const override {
        return inner_.prepare(weight, bias, activation);
    }

    Tensor convolve(
        const Tensor& features,
        const KernelMap& map,
        const PreparedConv& conv,
        const Shortcut& shortcut,
        const Tensor& out
    ) const override {
        auto result = inner_.convolve(features, map, conv, shortcut, out);
        listener_({features, map.shared_from_this(), &conv, shortcut, result});
        return result;
    }

    PointVoxelMap
    mapPoints(const Tensor& points, const VoxelSet& voxels, int stride) const override {
        return inner_.mapPoints(points, voxels, stride);
    }

    Tensor pointsToVoxels(const Tensor& pointFeatures, const PointVoxelMap& map) const override {
        return inner_.pointsToVoxels(pointFeatures, map);
    }

    Tensor voxelsToPoints(
        const Tensor& voxelFeatures, const PointVoxelMap& map, const Tensor& addend
    ) const override {
        return inner_.voxelsToPoints(voxelFeatures, map, addend);
    }

  private:
    const SparseOps& inner_;
    Listener listener_;
};

} // namespace siskin::bench
