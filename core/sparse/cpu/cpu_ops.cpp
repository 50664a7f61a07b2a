// SPDX-License-Identifier: MIT
// The fast CPU implementation of the sparse core.
#include "core/base/parallel.hpp"
#include "core/sparse/checks.hpp"
#include "core/sparse/cpu/coordinates.hpp"
#include "core/sparse/cpu/kernel_map.hpp"
#include "core/sparse/cpu/kernels.hpp"
#include "core/sparse/cpu/points.hpp"
#include "core/sparse/sparse_ops.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace siskin {

namespace {

using namespace cpu;

/// A range of output channels computed together.
struct Panel {
    std::int64_t firstColumn;
    std::int64_t columns; ///< real ones; the rest of `width` is zero padding
    int widthIndex;       ///< into kPanelWidths
    std::size_t weights;  ///< position of the panel's [volume][channels in][width] block
};

class PanelledConv final : public PreparedConv {
  public:
    PanelledConv(const torch::Tensor& weight, const torch::Tensor& bias, Activation activation)
        : PreparedConv(
              static_cast<int>(weight.size(0)), weight.size(1), weight.size(2), activation
          ) {
        const auto source = weight.contiguous();
        std::size_t size = 0;
        for (std::int64_t column = 0; column < channelsOut();) {
            const std::int64_t rest = channelsOut() - column;
            const int index = rest <= 8 ? 0 : rest <= 16 ? 1 : 2;
            const std::int64_t columns = std::min<std::int64_t>(rest, kPanelWidths[index]);
            panels_.push_back({column, columns, index, size});
            size += static_cast<std::size_t>(volume() * channelsIn() * kPanelWidths[index]);
            column += columns;
        }
        weights_.assign(size, 0.0F);
        for (const auto& panel : panels_) {
            pack(source.data_ptr<float>(), panel);
        }
        bias_.assign(static_cast<std::size_t>(channelsOut()) + 32, 0.0F);
        if (bias.defined()) {
            const auto values = bias.contiguous();
            std::copy_n(values.data_ptr<float>(), channelsOut(), bias_.begin());
        }
    }

    const std::vector<Panel>& panels() const noexcept { return panels_; }

    const float* weights(const Panel& panel, int offset) const noexcept {
        return weights_.data() + panel.weights +
               static_cast<std::size_t>(offset * channelsIn() * kPanelWidths[panel.widthIndex]);
    }

    const float* bias(const Panel& panel) const noexcept {
        return bias_.data() + panel.firstColumn;
    }

  private:
    void pack(const float* source, const Panel& panel) {
        const int width = kPanelWidths[panel.widthIndex];
        for (std::int64_t row = 0; row < volume() * channelsIn(); ++row) {
            std::copy_n(
                source + row * channelsOut() + panel.firstColumn,
                panel.columns,
                weights_.begin() + static_cast<std::ptrdiff_t>(panel.weights) + row * width
            );
        }
    }

    std::vector<Panel> panels_;
    std::vector<float> weights_;
    std::vector<float> bias_;
};

/// Everything a thread needs to compute one output block.
struct ConvolutionTask {
    const Kernels& kernels;
    const BlockedKernelMap& map;
    const PanelledConv& conv;
    ConstRows features;
    ConstRows residual;
    Rows out;

    void computeBlock(std::size_t block, std::vector<float>& sums) const {
        const std::int64_t firstRow = static_cast<std::int64_t>(block) * map.blockRows();
        const std::int64_t rows = std::min(map.blockRows(), map.rowsOut() - firstRow);
        for (const auto& panel : conv.panels()) {
            const int width = kPanelWidths[panel.widthIndex];
            sums.assign(static_cast<std::size_t>(rows * width), 0.0F);
            for (int offset = 0; offset < conv.volume(); ++offset) {
                const auto pairs = map.pairsOf(block, offset);
                if (pairs.count > 0) {
                    kernels.accumulate[panel.widthIndex](
                        features, pairs, conv.weights(panel, offset), conv.channelsIn(), sums.data()
                    );
                }
            }
            ConstRows panelResidual = residual;
            if (residual.data) {
                panelResidual.data += firstRow * residual.stride + panel.firstColumn;
            }
            const Epilogue epilogue{
                conv.bias(panel), panelResidual, conv.activation() == Activation::Relu};
            kernels.finish(
                sums.data(),
                width,
                rows,
                panel.columns,
                epilogue,
                {out.data + firstRow * out.stride + panel.firstColumn, out.stride}
            );
        }
    }
};

class CpuOps final : public SparseOps {
  public:
    std::string name() const override { return "cpu"; }

    std::string description() const override {
        const int threads = threadCount();
        return fmt::format(
            "cpu ({}, {} thread{})", selectKernels().name, threads, threads == 1 ? "" : "s"
        );
    }

    UniqueVoxels unique(const torch::Tensor& coords) const override { return uniqueVoxels(coords); }

    UniqueVoxels quantize(const torch::Tensor& positions, float voxelSize) const override {
        return quantizePositions(positions, voxelSize);
    }

    Coarsening coarsen(const VoxelSet& fine) const override { return coarsenVoxels(fine); }

    KernelMapPtr submanifoldMap(const VoxelSet& voxels, int kernelSize) const override {
        return submanifoldKernelMap(voxels, kernelSize);
    }

    KernelMapPtr mapFromPairs(
        const torch::Tensor& pairs, int volume, std::int64_t rowsIn, std::int64_t rowsOut
    ) const override {
        return kernelMapFromPairs(
            requirePairs(pairs, volume, rowsIn, rowsOut), volume, rowsIn, rowsOut
        );
    }

    KernelMapPtr identityMap(std::int64_t rows) const override { return identityKernelMap(rows); }

    PreparedConvPtr prepare(
        const torch::Tensor& weight, const torch::Tensor& bias, Activation activation
    ) const override {
        requireWeights(weight, bias);
        return std::make_shared<PanelledConv>(weight, bias, activation);
    }

    torch::Tensor convolve(
        const torch::Tensor& features,
        const KernelMap& map,
        const PreparedConv& conv,
        const torch::Tensor& residual,
        const torch::Tensor& out
    ) const override {
        requireConvolution(features, map, conv, residual, out);
        auto result = out.defined()
                          ? out
                          : torch::empty({map.rowsOut(), conv.channelsOut()}, torch::kFloat32);
        const auto& blocked = dynamic_cast<const BlockedKernelMap&>(map);
        const ConvolutionTask task{
            selectKernels(),
            blocked,
            dynamic_cast<const PanelledConv&>(conv),
            {features.data_ptr<float>(), features.stride(0)},
            {residual.defined() ? residual.data_ptr<float>() : nullptr,
             residual.defined() ? residual.stride(0) : 0},
            {result.data_ptr<float>(), result.stride(0)},
        };
        parallelFor(
            static_cast<std::int64_t>(blocked.blocks().size()),
            1,
            [&task](std::int64_t begin, std::int64_t end) {
                thread_local std::vector<float> sums;
                for (std::int64_t block = begin; block < end; ++block) {
                    task.computeBlock(static_cast<std::size_t>(block), sums);
                }
            }
        );
        return result;
    }

    PointVoxelMap
    mapPoints(const torch::Tensor& points, const VoxelSet& voxels, int stride) const override {
        return mapPointsToVoxels(points, voxels, stride);
    }

    torch::Tensor
    pointsToVoxels(const torch::Tensor& pointFeatures, const PointVoxelMap& map) const override {
        return averagePoints(pointFeatures, map);
    }

    torch::Tensor voxelsToPoints(
        const torch::Tensor& voxelFeatures, const PointVoxelMap& map, const torch::Tensor& addend
    ) const override {
        return interpolateVoxels(voxelFeatures, map, addend);
    }
};

} // namespace

std::shared_ptr<const SparseOps> makeCpuOps() {
    return std::make_shared<CpuOps>();
}

} // namespace siskin
