// SPDX-License-Identifier: MIT
#include "gpu/cuda_ops.hpp"

#include "core/base/error.hpp"
#include "core/sparse/checks.hpp"
#include "core/sparse/kernel_offsets.hpp"
#include "gpu/kernels/features.hpp"
#include "gpu/kernels/keys.hpp"
#include "gpu/point_voxel.hpp"
#include "gpu/tensor_access.hpp"
#include "gpu/voxel_index.hpp"

#include <fmt/format.h>

namespace siskin {

namespace {

using namespace gpu;
using torch::Tensor;

std::optional<Format> formatOf(Precision precision) {
    switch (precision) {
    case Precision::Float16:
        return Format::Float16;
    case Precision::BFloat16:
        return Format::BFloat16;
    case Precision::TensorFloat32:
        return Format::TensorFloat32;
    case Precision::Float32:
        return std::nullopt;
    case Precision::Int8:
        break;
    }
    throw DeviceError(
        fmt::format("the cuda device does not compute in {}", toString(precision)),
        "it has fp32, tf32, fp16 and bf16"
    );
}

/// A table of -1.
Tensor emptyTable(int volume, std::int64_t rows) {
    return torch::full(
        {volume, rows}, -1, torch::TensorOptions().dtype(torch::kInt32).device(device())
    );
}

TableOfMap neighbourTable(const VoxelSet& voxels, CudaVoxelIndex& index, int kernelSize) {
    const int volume = kernelSize * kernelSize * kernelSize;
    auto table = newTensor({volume, voxels.size()}, torch::kInt32);
    if (voxels.size() > 0) {
        findNeighbours(currentStream(), lookUp(voxels, index), kernelSize, ints(table));
    }
    return {std::move(table), voxels.size()};
}

/// Tables of the maps down and up.
std::pair<TableOfMap, TableOfMap> parentTables(const VoxelSet& fine, const CudaVoxelIndex& index) {
    const auto& coarse = index.coarser->voxels;
    auto down = emptyTable(1 << kChildBits, coarse.size());
    auto up = emptyTable(1 << kChildBits, fine.size());
    if (fine.size() > 0) {
        linkParents(
            currentStream(),
            keysOf(index.keys),
            ints(index.rowOf),
            ints(index.coarser->parents),
            fine.size(),
            coarse.size(),
            ints(down),
            ints(up)
        );
    }
    return {{std::move(down), fine.size()}, {std::move(up), coarse.size()}};
}

class CudaOps final : public SparseOps {
  public:
    explicit CudaOps(const CudaOptions& options)
        : options_(options), format_(formatOf(options.precision)) {}

    std::string name() const override { return "cuda"; }

    std::string description() const override { return fmt::format("cuda ({})", deviceName()); }

    Precision precision() const override { return options_.precision; }

    std::shared_ptr<const SparseOps> inPrecision(Precision precision) const override {
        auto options = options_;
        options.precision = precision;
        return std::make_shared<CudaOps>(options);
    }

    std::shared_ptr<DeviceTimer> startTimer() const override { return newTimer(); }

    Tensor upload(const Tensor& host) const override { return host.to(device()); }

    Tensor download(const Tensor& tensor) const override {
        const bool narrow =
            tensor.scalar_type() == torch::kFloat16 || tensor.scalar_type() == torch::kBFloat16;
        return (narrow ? tensor.to(torch::kFloat32) : tensor).cpu().contiguous();
    }

    Tensor newFeatures(std::int64_t rows, std::int64_t channels) const override {
        return newFeatureRows(rows, channels, storageType(format_));
    }

    UniqueVoxels unique(const Tensor& coords) const override { return uniqueVoxels(coords); }

    UniqueVoxels quantize(const Tensor& positions, float voxelSize) const override {
        return quantizedVoxels(positions.to(device()), voxelSize);
    }

    Tensor voxelPoints(const VoxelSet& voxels, float pointSize, float voxelSize) const override {
        const auto coords = voxels.coords.contiguous();
        auto points = newTensor({voxels.size(), 4}, torch::kFloat32);
        pointsOfVoxels(
            currentStream(), ints(coords), voxels.size(), pointSize, voxelSize, floats(points)
        );
        return points;
    }

    UniqueVoxels voxelsOfPoints(const Tensor& points) const override {
        requireMatrix(points, "points", points.size(0), 4);
        const auto rows = points.contiguous();
        const auto coords = newTensor({rows.size(0), 4}, torch::kInt32);
        floorCoordinates(currentStream(), floats(rows), rows.size(0), ints(coords));
        return uniqueVoxels(coords);
    }

    bool expectLevels(const VoxelSet& finest, int levels, int kernelSize) const override {
        const auto index = indexOf(finest);
        if (finest.index != index) {
            return false; // nowhere to remember it
        }
        if (levels > 1 && !index->coarser) {
            makeCoarserLevels(finest, index, levels - 1);
        }
        std::vector<TableOfMap> tables;
        forEachLevel(finest, index, levels, [&](const VoxelSet& voxels, CudaVoxelIndex& own) {
            tables.push_back(neighbourTable(voxels, own, kernelSize));
            if (own.coarser) {
                auto [down, up] = parentTables(voxels, own);
                tables.push_back(std::move(down));
                tables.push_back(std::move(up));
            }
        });
        const auto maps = makeMaps(tables);
        auto map = maps.begin();
        forEachLevel(finest, index, levels, [&](const VoxelSet&, CudaVoxelIndex& own) {
            own.submanifold[kernelSize] = *map++;
            if (own.coarser) {
                own.coarsening = Coarsening{own.coarser->voxels, map[0], map[1]};
                map += 2;
            }
        });
        return true;
    }

    Coarsening coarsen(const VoxelSet& fine) const override {
        const auto index = indexOf(fine);
        if (!index->coarsening) {
            if (!index->coarser) {
                makeCoarserLevels(fine, index, 1);
            }
            auto [down, up] = parentTables(fine, *index);
            const auto maps = makeMaps({std::move(down), std::move(up)});
            index->coarsening = Coarsening{index->coarser->voxels, maps[0], maps[1]};
        }
        return *index->coarsening;
    }

    KernelMapPtr submanifoldMap(const VoxelSet& voxels, int kernelSize) const override {
        requireKernelSize(kernelSize);
        const auto index = indexOf(voxels);
        auto& known = index->submanifold[kernelSize];
        if (!known) {
            known = makeMaps({neighbourTable(voxels, *index, kernelSize)}).front();
        }
        return known;
    }

    KernelMapPtr mapFromPairs(
        const Tensor& pairs, int volume, std::int64_t rowsIn, std::int64_t rowsOut
    ) const override {
        const auto sorted = requirePairs(pairs.cpu(), volume, rowsIn, rowsOut);
        auto table = torch::full({volume, rowsOut}, -1, torch::kInt32);
        table.index_put_(
            {sorted.select(1, 0), sorted.select(1, 2)}, sorted.select(1, 1).to(torch::kInt32)
        );
        return makeMaps({{table.to(device()), rowsIn}}).front();
    }

    KernelMapPtr identityMap(std::int64_t rows) const override {
        return std::make_shared<CudaKernelMap>(1, rows, rows, rows, Tensor());
    }

    PreparedConvPtr
    prepare(const Tensor& weight, const Tensor& bias, Activation activation) const override {
        requireWeights(weight, bias);
        return std::make_shared<CudaConv>(weight, bias, activation, format_, options_.flow);
    }

    Tensor convolve(
        const Tensor& features,
        const KernelMap& map,
        const PreparedConv& conv,
        const Shortcut& shortcut,
        const Tensor& out
    ) const override {
        return gpu::convolve(
            features,
            dynamic_cast<const CudaKernelMap&>(map),
            dynamic_cast<const CudaConv&>(conv),
            shortcut,
            out,
            options_.choice
        );
    }

    PointVoxelMap
    mapPoints(const Tensor& points, const VoxelSet& voxels, int stride) const override {
        return gpu::mapPoints(points, voxels, stride);
    }

    Tensor pointsToVoxels(const Tensor& pointFeatures, const PointVoxelMap& map) const override {
        return gpu::pointsToVoxels(pointFeatures, map);
    }

    Tensor voxelsToPoints(
        const Tensor& voxelFeatures, const PointVoxelMap& map, const Tensor& addend
    ) const override {
        return gpu::voxelsToPoints(voxelFeatures, map, addend);
    }

    void labelPoints(
        const Tensor& logits,
        const Tensor& pointToVoxel,
        std::span<std::uint8_t> classIds,
        std::span<float> confidence
    ) const override {
        gpu::labelPoints(logits, pointToVoxel, classIds, confidence);
    }

  private:
    template <typename Function>
    static void forEachLevel(
        const VoxelSet& finest, const CudaVoxelIndexPtr& index, int levels, Function call
    ) {
        VoxelSet voxels = finest;
        auto own = index;
        for (int level = 0; level < levels; ++level) {
            call(voxels, *own);
            if (level + 1 < levels) {
                voxels = own->coarser->voxels;
                own = indexOf(voxels);
            }
        }
    }

    CudaOptions options_;
    std::optional<Format> format_;
};

} // namespace

std::shared_ptr<const SparseOps> makeCudaOps(const CudaOptions& options) {
    requireDevice();
    return std::make_shared<CudaOps>(options);
}

} // namespace siskin
