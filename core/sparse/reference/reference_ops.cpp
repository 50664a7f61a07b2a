// SPDX-License-Identifier: MIT
// The oracle: each operation in plain LibTorch, as close to its definition as possible. Autograd
// works through convolve, pointsToVoxels and voxelsToPoints.
#include "core/base/error.hpp"
#include "core/sparse/checks.hpp"
#include "core/sparse/kernel_offsets.hpp"
#include "core/sparse/sparse_ops.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace siskin {

namespace {

using torch::Tensor;
using torch::indexing::Slice;

/// Pairs grouped by kernel offset.
class ListedKernelMap final : public KernelMap {
  public:
    ListedKernelMap(int volume, std::int64_t rowsIn, std::int64_t rowsOut, const Tensor& pairs)
        : KernelMap(volume, rowsIn, rowsOut, pairs.size(0)), pairs_(pairs) {
        for (int k = 0; k < volume; ++k) {
            const Tensor ofOffset = pairs.index({pairs.select(1, 0) == k});
            in_.push_back(ofOffset.select(1, 1).contiguous());
            out_.push_back(ofOffset.select(1, 2).contiguous());
        }
    }

    Tensor pairs() const override { return pairs_; }

    const Tensor& in(int k) const { return in_[static_cast<std::size_t>(k)]; }

    const Tensor& out(int k) const { return out_[static_cast<std::size_t>(k)]; }

  private:
    Tensor pairs_;
    std::vector<Tensor> in_;
    std::vector<Tensor> out_;
};

class PlainConv final : public PreparedConv {
  public:
    PlainConv(Tensor weight, Tensor bias, Activation activation)
        : PreparedConv(
              static_cast<int>(weight.size(0)), weight.size(1), weight.size(2), activation
          ),
          weight_(std::move(weight)), bias_(std::move(bias)) {}

    const Tensor& weight() const noexcept { return weight_; }

    const Tensor& bias() const noexcept { return bias_; }

  private:
    Tensor weight_;
    Tensor bias_;
};

/// Finds rows by coordinate: one int64 number per coordinate, mixed-radix over the set's extent.
class CoordinateIndex {
  public:
    explicit CoordinateIndex(const Tensor& coords) : empty_(coords.size(0) == 0) {
        if (empty_) {
            return;
        }
        const Tensor wide = coords.to(torch::kInt64);
        low_ = std::get<0>(wide.min(0));
        extent_ = std::get<0>(wide.max(0)) - low_ + 1;
        double cells = 1.0;
        for (int axis = 0; axis < 4; ++axis) {
            cells *= extent_[axis].item<double>();
        }
        if (cells > 9223372036854775808.0) { // 2^63
            throw DatasetError(
                "voxel coordinates span more than 2^63 cells",
                "remove far-away outlier points or use larger voxels"
            );
        }
        keys_ = number(wide);
    }

    /// int64 [M]: row of each coordinate (int64 [M, 4]), -1 where it is not in the set.
    Tensor rows(const Tensor& coords) const {
        if (empty_) {
            return torch::full({coords.size(0)}, -1, torch::kInt64);
        }
        const Tensor offset = coords - low_;
        const Tensor inside = ((offset >= 0) & (offset < extent_)).all(1);
        const Tensor wanted = torch::where(inside, number(coords), torch::zeros({}, torch::kInt64));
        const Tensor at = torch::searchsorted(keys_, wanted).clamp_max(keys_.size(0) - 1);
        const Tensor found = inside & (keys_.index({at}) == wanted);
        return torch::where(found, at, torch::full({}, -1, torch::kInt64));
    }

    /// The number of each coordinate; ascending when the coordinates are sorted.
    Tensor number(const Tensor& coords) const {
        const Tensor offset = coords - low_;
        Tensor value = offset.select(1, 0);
        for (int axis = 1; axis < 4; ++axis) {
            value = value * extent_[axis] + offset.select(1, axis);
        }
        return value;
    }

  private:
    bool empty_;
    Tensor low_;
    Tensor extent_;
    Tensor keys_;
};

Tensor pairRows(std::int64_t k, const Tensor& in, const Tensor& out) {
    return torch::stack({torch::full_like(in, k), in, out}, 1);
}

UniqueVoxels uniqueRows(const Tensor& coords) {
    requireCoordinates(coords);
    UniqueVoxels result;
    if (coords.size(0) == 0) {
        result.voxels.coords = coords;
        result.firstRow = result.inverse = torch::empty({0}, torch::kInt64);
        return result;
    }
    auto [voxels, inverse, counts] = torch::unique_dim(coords, 0, true, true, true);
    result.voxels.coords = voxels.contiguous();
    result.inverse = inverse;
    // A stable sort keeps list order inside each voxel, so each run starts with its first row.
    const Tensor order = torch::argsort(inverse, /*stable=*/true, 0, false);
    result.firstRow = order.index_select(0, counts.cumsum(0) - counts);
    return result;
}

class ReferenceOps final : public SparseOps {
  public:
    std::string name() const override { return "reference"; }

    std::string description() const override { return "reference (LibTorch operations, cpu)"; }

    Precision precision() const override { return Precision::Float32; }

    std::shared_ptr<const SparseOps> inPrecision(Precision precision) const override {
        if (precision != Precision::Float32) {
            throw DeviceError(
                fmt::format("the reference device computes in fp32, not {}", toString(precision)),
                precision == Precision::TensorFloat32 ? "tf32 needs a GPU" : "choose --device cpu"
            );
        }
        return makeReferenceOps();
    }

    UniqueVoxels unique(const Tensor& coords) const override { return uniqueRows(coords); }

    UniqueVoxels quantize(const Tensor& positions, float voxelSize) const override {
        requirePositions(positions);
        const Tensor voxel = torch::round(positions / voxelSize); // ties to even
        const Tensor outside = torch::logical_not(voxel.abs() <= kLargestCoordinate).any(1);
        if (outside.any().item<bool>()) {
            throwCoordinateTooLarge(
                outside.to(torch::kInt64).argmax().item<std::int64_t>(), voxelSize
            );
        }
        Tensor coords = voxel.to(torch::kInt32);
        if (coords.size(0) > 0) {
            coords = coords - std::get<0>(coords.min(0));
        }
        return uniqueRows(
            torch::nn::functional::pad(coords, torch::nn::functional::PadFuncOptions({1, 0}))
        );
    }

    Coarsening coarsen(const VoxelSet& fine) const override {
        const Tensor xyz = fine.coords.index({Slice(), Slice(1, 4)});
        const Tensor halved = torch::div(xyz, 2, "floor").to(torch::kInt32);
        const auto coarse =
            uniqueRows(torch::cat({fine.coords.index({Slice(), Slice(0, 1)}), halved}, 1));
        const Tensor bits = (xyz - 2 * halved).to(torch::kInt64);
        const Tensor k = 4 * bits.select(1, 0) + 2 * bits.select(1, 1) + bits.select(1, 2);
        const Tensor rows = torch::arange(fine.size());
        Coarsening result;
        result.coarse = coarse.voxels;
        const std::int64_t coarseRows = coarse.voxels.size();
        result.down =
            mapFromPairs(torch::stack({k, rows, coarse.inverse}, 1), 8, fine.size(), coarseRows);
        result.up =
            mapFromPairs(torch::stack({k, coarse.inverse, rows}, 1), 8, coarseRows, fine.size());
        return result;
    }

    KernelMapPtr submanifoldMap(const VoxelSet& voxels, int kernelSize) const override {
        const CoordinateIndex index(voxels.coords);
        const Tensor coords = voxels.coords.to(torch::kInt64);
        std::vector<Tensor> pairs;
        std::int64_t k = 0;
        for (const auto& [dx, dy, dz] : kernelOffsets(kernelSize)) {
            const Tensor offset = torch::tensor(
                {std::int64_t{0}, std::int64_t{dx}, std::int64_t{dy}, std::int64_t{dz}}
            );
            const Tensor neighbour = index.rows(coords + offset);
            const Tensor out = torch::nonzero(neighbour >= 0).select(1, 0);
            pairs.push_back(pairRows(k++, neighbour.index({out}), out));
        }
        return std::make_shared<ListedKernelMap>(
            static_cast<int>(k), voxels.size(), voxels.size(), torch::cat(pairs)
        );
    }

    KernelMapPtr mapFromPairs(
        const Tensor& pairs, int volume, std::int64_t rowsIn, std::int64_t rowsOut
    ) const override {
        return std::make_shared<ListedKernelMap>(
            volume, rowsIn, rowsOut, requirePairs(pairs, volume, rowsIn, rowsOut)
        );
    }

    KernelMapPtr identityMap(std::int64_t rows) const override {
        const Tensor row = torch::arange(rows);
        return std::make_shared<ListedKernelMap>(1, rows, rows, pairRows(0, row, row));
    }

    PreparedConvPtr
    prepare(const Tensor& weight, const Tensor& bias, Activation activation) const override {
        requireWeights(weight, bias);
        return std::make_shared<PlainConv>(weight, bias, activation);
    }

    Tensor convolve(
        const Tensor& features,
        const KernelMap& map,
        const PreparedConv& conv,
        const Shortcut& shortcut,
        const Tensor& out
    ) const override {
        requireConvolution(features, map, conv, shortcut, out);
        const auto& listed = dynamic_cast<const ListedKernelMap&>(map);
        const auto& plain = dynamic_cast<const PlainConv&>(conv);
        Tensor sum = torch::zeros({map.rowsOut(), conv.channelsOut()}, features.options());
        for (int k = 0; k < map.volume(); ++k) {
            const Tensor products =
                torch::mm(features.index_select(0, listed.in(k)), plain.weight()[k]);
            sum = sum.index_add(0, listed.out(k), products);
        }
        if (plain.bias().defined()) {
            sum = sum + plain.bias();
        }
        if (shortcut.projection) {
            const auto rows = identityMap(map.rowsOut());
            sum = sum + convolve(shortcut.features, *rows, *shortcut.projection, {}, {});
        } else if (shortcut.defined()) {
            sum = sum + shortcut.features;
        }
        if (conv.activation() == Activation::Relu) {
            sum = torch::relu(sum);
        }
        if (!out.defined()) {
            return sum;
        }
        out.copy_(sum);
        return out;
    }

    PointVoxelMap
    mapPoints(const Tensor& points, const VoxelSet& voxels, int stride) const override {
        requireMatrix(points, "points", points.size(0), 4);
        const CoordinateIndex index(voxels.coords);
        const Tensor scaled = points.index({Slice(), Slice(1, 4)}) / stride;
        const Tensor base = torch::floor(scaled);
        const Tensor fraction = scaled - base;
        const Tensor baseCoords =
            torch::cat({points.index({Slice(), Slice(0, 1)}), base}, 1).to(torch::kInt64);
        std::vector<Tensor> rows;
        std::vector<Tensor> weights;
        for (const auto& [dx, dy, dz] : kernelOffsets(2)) {
            const Tensor step = torch::tensor(
                {std::int64_t{0}, std::int64_t{dx}, std::int64_t{dy}, std::int64_t{dz}}
            );
            const Tensor row = index.rows(baseCoords + step);
            const Tensor side =
                step.slice(0, 1).to(torch::kFloat32); // 1 on the far side of an axis
            const Tensor weight = (side * fraction + (1 - side) * (1 - fraction)).prod(1);
            rows.push_back(row);
            weights.push_back(torch::where(row >= 0, weight, torch::zeros({}, torch::kFloat32)));
        }
        PointVoxelMap map;
        map.voxels = voxels.size();
        map.voxel = rows.front().to(torch::kInt32);
        map.corners = torch::stack(rows, 1).to(torch::kInt32).contiguous();
        const Tensor stacked = torch::stack(weights, 1);
        map.weights = (stacked / (stacked.sum(1, true) + 1e-8)).contiguous();
        return map;
    }

    Tensor pointsToVoxels(const Tensor& pointFeatures, const PointVoxelMap& map) const override {
        requireMatrix(pointFeatures, "point features", map.voxel.size(0), pointFeatures.size(1));
        const Tensor inside = torch::nonzero(map.voxel >= 0).select(1, 0);
        const Tensor voxel = map.voxel.index({inside}).to(torch::kInt64);
        const Tensor count =
            torch::zeros({map.voxels}).index_add(0, voxel, torch::ones({voxel.size(0)}));
        const Tensor sum = torch::zeros({map.voxels, pointFeatures.size(1)})
                               .index_add(0, voxel, pointFeatures.index({inside}));
        return sum / count.clamp_min(1).unsqueeze(1);
    }

    Tensor voxelsToPoints(
        const Tensor& voxelFeatures, const PointVoxelMap& map, const Tensor& addend
    ) const override {
        requireMatrix(voxelFeatures, "voxel features", map.voxels, voxelFeatures.size(1));
        Tensor result =
            addend.defined() ? addend : torch::zeros({map.voxel.size(0), voxelFeatures.size(1)});
        for (int corner = 0; corner < 8; ++corner) {
            const Tensor row = map.corners.select(1, corner).clamp_min(0).to(torch::kInt64);
            const Tensor weight = map.weights.select(1, corner).unsqueeze(1);
            result = result + weight * voxelFeatures.index_select(0, row);
        }
        return result;
    }
};

} // namespace

std::shared_ptr<const SparseOps> makeReferenceOps() {
    return std::make_shared<ReferenceOps>();
}

} // namespace siskin
