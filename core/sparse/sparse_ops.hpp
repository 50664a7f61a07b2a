// SPDX-License-Identifier: MIT
// The sparse core: each operation of the networks stated once. `reference` (LibTorch,
// differentiable), `cpu` (fast) and, on machines that have one, a GPU implement it; nothing else
// asks where it runs. Conventions: models.md 1 (kernel orders, strides) and 2 (point <-> voxel).
// Tensors are in the memory of the implementation (`upload`, `download`); the weights of `prepare`
// and the pairs of kernel maps are in the processor's. All feature tensors are float32, unless an
// implementation stores features in a 16-bit format (`newFeatures`); rows x channels, channel
// stride 1; rows may be strided (a column range of a wider tensor).
#pragma once

#include "core/base/device_timer.hpp"
#include "core/sparse/batch_norm.hpp"
#include "core/sparse/precision.hpp"

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace siskin {

/// What an implementation remembers of a voxel set.
class VoxelIndex {
  public:
    virtual ~VoxelIndex() = default;
};

/// The occupied voxels of one resolution. `coords` is int32 [V, 4]: batch, x, y, z in units of this
/// level's voxels. Rows are unique and in the implementation's own order, which its operations rely
/// on: lexicographic for reference and cpu, Morton order for cuda. `index` belongs to these very
/// rows and may be empty: who changes the rows leaves it out.
struct VoxelSet {
    torch::Tensor coords;
    std::shared_ptr<const VoxelIndex> index{};

    std::int64_t size() const { return coords.defined() ? coords.size(0) : 0; }
};

/// A voxel set made from a list of coordinates that may repeat.
struct UniqueVoxels {
    VoxelSet voxels;
    torch::Tensor firstRow; ///< int64 [V], first list row of each voxel
    torch::Tensor inverse;  ///< int64 [M], voxel row of each list row
};

/// Which input row meets which output row through which kernel offset. Made by an implementation
/// for its own use and always owned by a `KernelMapPtr`; `pairs()` is for tests and inspection.
class KernelMap : public std::enable_shared_from_this<KernelMap> {
  public:
    virtual ~KernelMap() = default;

    int volume() const noexcept { return volume_; } ///< kernel offsets (27, 8, 1 ...)

    std::int64_t rowsIn() const noexcept { return rowsIn_; }

    std::int64_t rowsOut() const noexcept { return rowsOut_; }

    std::int64_t pairCount() const noexcept { return pairCount_; }

    /// int64 [pairs, 3]: kernel index, input row, output row; sorted by (kernel index, output row).
    virtual torch::Tensor pairs() const = 0;

  protected:
    KernelMap(int volume, std::int64_t rowsIn, std::int64_t rowsOut, std::int64_t pairCount)
        : volume_(volume), rowsIn_(rowsIn), rowsOut_(rowsOut), pairCount_(pairCount) {}

  private:
    int volume_;
    std::int64_t rowsIn_;
    std::int64_t rowsOut_;
    std::int64_t pairCount_;
};

using KernelMapPtr = std::shared_ptr<const KernelMap>;

/// The next coarser level and the maps of the kernel-2 stride-2 convolution to it and back.
struct Coarsening {
    VoxelSet coarse; ///< unique floor(c / 2), per batch element
    KernelMapPtr
        down;        ///< fine -> coarse, kernel index 4*bx + 2*by + bz of the coordinates' low bits
    KernelMapPtr up; ///< coarse -> fine, the same pairs with the roles swapped
};

enum class Activation { None, Relu };

/// Weights of one convolution in the layout that an implementation likes.
class PreparedConv {
  public:
    virtual ~PreparedConv() = default;

    int volume() const noexcept { return volume_; }

    std::int64_t channelsIn() const noexcept { return channelsIn_; }

    std::int64_t channelsOut() const noexcept { return channelsOut_; }

    Activation activation() const noexcept { return activation_; }

  protected:
    PreparedConv(
        int volume, std::int64_t channelsIn, std::int64_t channelsOut, Activation activation
    )
        : volume_(volume), channelsIn_(channelsIn), channelsOut_(channelsOut),
          activation_(activation) {}

  private:
    int volume_;
    std::int64_t channelsIn_;
    std::int64_t channelsOut_;
    Activation activation_;
};

using PreparedConvPtr = std::shared_ptr<const PreparedConv>;

/// What is added to a convolution before its activation: nothing, rows of the output's shape, or
/// rows of another width after a 1x1x1 convolution (bias included; its own activation is None).
struct Shortcut {
    torch::Tensor features{};
    const PreparedConv* projection = nullptr;

    Shortcut() = default;

    Shortcut(torch::Tensor rows, const PreparedConv* through = nullptr)
        : features(std::move(rows)), projection(through) {}

    bool defined() const { return features.defined(); }
};

/// Where points lie among the voxels of one level (models.md 2.2, 2.3).
struct PointVoxelMap {
    torch::Tensor voxel; ///< int32 [P], voxel that contains the point, -1 when it is not occupied
    torch::Tensor
        corners; ///< int32 [P, 8], rows of the corners base + (dx,dy,dz), z fastest; -1 absent
    torch::Tensor weights; ///< float32 [P, 8], trilinear, 0 where absent, divided by (sum + 1e-8)
    std::int64_t voxels = 0;

    /// Points in each voxel, in point order, for the means: those of voxel v are
    /// members[memberStart[v]] .. members[memberStart[v + 1] - 1]. int32 [V + 1] and int32 [points
    /// in a voxel]; undefined where an implementation does without.
    torch::Tensor memberStart;
    torch::Tensor members;
};

class SparseOps {
  public:
    virtual ~SparseOps() = default;

    virtual std::string name() const = 0;        ///< "reference", "cpu", "cuda"
    virtual std::string description() const = 0; ///< for people, e.g. "cpu (AVX-512, 2 threads)"

    virtual Precision precision() const = 0; ///< of the multiplications

    /// The same device computing in another precision. Throws `DeviceError` when it cannot.
    virtual std::shared_ptr<const SparseOps> inPrecision(Precision precision) const = 0;

    /// Times this device's work on the calling thread's stream; none where every operation is done
    /// when it returns.
    virtual std::shared_ptr<DeviceTimer> startTimer() const { return {}; }

    /// `host`, a tensor in the processor's memory, as this implementation reads it: the same type,
    /// shape and values. Itself where the implementation computes in that memory.
    virtual torch::Tensor upload(const torch::Tensor& host) const;

    /// `tensor` in the processor's memory: itself where it is there, else contiguous and complete
    /// on return, features of a 16-bit format widened to float32.
    virtual torch::Tensor download(const torch::Tensor& tensor) const;

    /// Uninitialised features [rows, channels] in this implementation's memory and storage type.
    virtual torch::Tensor newFeatures(std::int64_t rows, std::int64_t channels) const;

    /// Distinct rows of `coords` (int32 [M, 4]), in the order of `VoxelSet`. Throws `DatasetError`
    /// when the extents need more than 63 bits together.
    virtual UniqueVoxels unique(const torch::Tensor& coords) const = 0;

    /// Voxels of a scan: rint(p / voxelSize) in float32 with ties to even, shifted so that the
    /// smallest coordinate per axis is 0 (models.md 4.1). `positions` is float32 [N, 3], finite.
    /// Throws `DatasetError` when a coordinate exceeds 2^30 voxels.
    virtual UniqueVoxels quantize(const torch::Tensor& positions, float voxelSize) const = 0;

    /// The voxels as points, float32 [V, 4]: batch as it is; x, y, z in units of voxels, times
    /// `pointSize`, divided by `voxelSize`: two float32 operations, rounded one by one (models.md
    /// 2.1); with 1 and 1 they are exact.
    virtual torch::Tensor
    voxelPoints(const VoxelSet& voxels, float pointSize, float voxelSize) const;

    /// `unique` of the coordinates of `points` (float32 [P, 4]: batch, x, y, z), rounded down.
    virtual UniqueVoxels voxelsOfPoints(const torch::Tensor& points) const;

    /// A hint: `coarsen` will be asked for `levels` - 1 times, from `finest` on, and
    /// `submanifoldMap` with `kernelSize` on each level, so that all maps may be made at once. True
    /// when work was done that a trace should list.
    virtual bool
    expectLevels(const VoxelSet& /*finest*/, int /*levels*/, int /*kernelSize*/) const {
        return false;
    }

    virtual Coarsening coarsen(const VoxelSet& fine) const = 0;

    /// Stride-1 map whose outputs are its inputs. `kernelSize` 1..5; offsets and their order as in
    /// models.md 1.2 (odd kernels: x fastest; even: z fastest).
    virtual KernelMapPtr submanifoldMap(const VoxelSet& voxels, int kernelSize) const = 0;

    /// A map given as its pairs, for convolutions whose geometry is made elsewhere. `pairs` is
    /// int64 [P, 3] (kernel index, input row, output row) in any order; an output row may meet each
    /// kernel index once. Throws `DeviceError` when an index is out of range or repeated.
    virtual KernelMapPtr mapFromPairs(
        const torch::Tensor& pairs, int volume, std::int64_t rowsIn, std::int64_t rowsOut
    ) const = 0;

    /// Map of a 1x1x1 convolution or a point-wise linear layer over `rows` rows.
    virtual KernelMapPtr identityMap(std::int64_t rows) const = 0;

    /// `weight` [K, Cin, Cout], `bias` [Cout] or undefined.
    virtual PreparedConvPtr prepare(
        const torch::Tensor& weight, const torch::Tensor& bias, Activation activation
    ) const = 0;

    /// `prepare` of a convolution and the batch-norm after it, which is folded into the weights;
    /// training keeps the two apart.
    virtual PreparedConvPtr prepareNormalized(
        const torch::Tensor& weight,
        const torch::Tensor& bias,
        const BatchNorm& norm,
        Activation activation
    ) const;

    /// activation(sum over pairs of in[i] * weight[k] + bias + shortcut). Writes into `out` when
    /// that is defined (rows may be strided), else into a new tensor; returns it. Throws
    /// `DeviceError` when shapes disagree.
    virtual torch::Tensor convolve(
        const torch::Tensor& features,
        const KernelMap& map,
        const PreparedConv& conv,
        const Shortcut& shortcut = {},
        const torch::Tensor& out = {}
    ) const = 0;

    /// `convolve` in float32 that also notes the range of the features, for a precision that needs
    /// it (int8); otherwise just `convolve`. Not to be mixed with `convolve` on other threads.
    virtual torch::Tensor calibrate(
        const torch::Tensor& features,
        const KernelMap& map,
        const PreparedConv& conv,
        const Shortcut& shortcut = {},
        const torch::Tensor& out = {}
    ) const {
        return convolve(features, map, conv, shortcut, out);
    }

    /// `points` is float32 [P, 4]: batch, x, y, z in units of stride-1 voxels; `voxels` is the
    /// level of tensor stride `stride` (a power of two).
    virtual PointVoxelMap
    mapPoints(const torch::Tensor& points, const VoxelSet& voxels, int stride) const = 0;

    /// Mean of the features of the points in each voxel; 0 for a voxel without points.
    virtual torch::Tensor
    pointsToVoxels(const torch::Tensor& pointFeatures, const PointVoxelMap& map) const = 0;

    /// Trilinear interpolation of voxel features at the points, plus `addend` when defined.
    virtual torch::Tensor voxelsToPoints(
        const torch::Tensor& voxelFeatures,
        const PointVoxelMap& map,
        const torch::Tensor& addend = {}
    ) const = 0;

    /// What a network says of every point, in the processor's memory: the class of the largest
    /// logit of its voxel, among equal ones the first, and that class's softmax probability.
    /// `logits` [V, classes], 1 to 256 classes; `pointToVoxel` int64 [N], rows of `logits`;
    /// `classIds` and `confidence` take N values. Throws `DeviceError` when shapes disagree.
    virtual void labelPoints(
        const torch::Tensor& logits,
        const torch::Tensor& pointToVoxel,
        std::span<std::uint8_t> classIds,
        std::span<float> confidence
    ) const;

    // Gradients, for training. Unless an implementation brings fast ones, these are plain LibTorch
    // operations over `KernelMap::pairs()`.

    /// Gradient of a convolution's sums with respect to its features, [rowsIn, Cin]:
    /// sum over pairs of outGradient[o] * weight[k]^T. `outGradient` [rowsOut, Cout].
    virtual torch::Tensor featureGradient(
        const torch::Tensor& outGradient, const KernelMap& map, const torch::Tensor& weight
    ) const;

    /// The same with respect to its weights, [K, Cin, Cout]: per kernel index, the sum over pairs
    /// of features[i]^T * outGradient[o].
    virtual torch::Tensor weightGradient(
        const torch::Tensor& features, const KernelMap& map, const torch::Tensor& outGradient
    ) const;

    /// Gradient of `pointsToVoxels` with respect to the points' features.
    virtual torch::Tensor
    pointsToVoxelsGradient(const torch::Tensor& voxelGradient, const PointVoxelMap& map) const;

    /// Gradient of `voxelsToPoints` with respect to the voxels' features.
    virtual torch::Tensor
    voxelsToPointsGradient(const torch::Tensor& pointGradient, const PointVoxelMap& map) const;
};

/// Plain LibTorch operations: the oracle of every test, and differentiable in features and weights.
std::shared_ptr<const SparseOps> makeReferenceOps();

/// Fused, vectorised, multi-threaded; results do not depend on the number of threads. Picks
/// AVX-512, AVX2 or portable code at run time; SISKIN_CPU_ISA=avx512|avx2|baseline overrides it.
/// Throws `DeviceError` when the processor has no instructions for `precision`.
std::shared_ptr<const SparseOps> makeCpuOps(Precision precision = Precision::Float32);

} // namespace siskin
