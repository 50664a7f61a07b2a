// SPDX-License-Identifier: MIT
// The fast CPU implementation of the sparse core.
#include "core/base/parallel.hpp"
#include "core/sparse/checks.hpp"
#include "core/sparse/cpu/coordinates.hpp"
#include "core/sparse/cpu/cpu_conv.hpp"
#include "core/sparse/cpu/gradients.hpp"
#include "core/sparse/cpu/kernel_map.hpp"
#include "core/sparse/cpu/kernels.hpp"
#include "core/sparse/cpu/points.hpp"
#include "core/sparse/sparse_ops.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <vector>

namespace siskin {

namespace {

using namespace cpu;

ConstRows rowsOf(const torch::Tensor& tensor) {
    return tensor.defined() ? ConstRows{tensor.data_ptr<float>(), tensor.stride(0)}
                            : ConstRows{nullptr, 0};
}

/// A 1x1x1 convolution whose sums join those of the main one.
struct Projection {
    const PackedConv* conv = nullptr;
    torch::Tensor input; ///< encoded
};

/// Everything a thread needs to compute one output block.
class ConvolutionTask {
  public:
    ConvolutionTask(
        const BlockedKernelMap& map,
        const PackedConv& conv,
        bool relu,
        const torch::Tensor& features,
        const torch::Tensor& residual,
        Projection projection,
        const torch::Tensor& out
    )
        : map_(map), conv_(conv), relu_(relu), input_(conv.encode(features)),
          projection_(std::move(projection)),
          residual_(rowsOf(residual)), out_{out.data_ptr<float>(), out.stride(0)},
          bias_(conv.bias()) {
        if (projection_.conv) {
            const auto& more = projection_.conv->bias();
            std::transform(bias_.begin(), bias_.end(), more.begin(), bias_.begin(), std::plus<>());
            everyRow_.resize(static_cast<std::size_t>(map.blockRows()));
            std::iota(everyRow_.begin(), everyRow_.end(), 0);
        }
    }

    void computeBlock(std::size_t block, std::vector<float>& sums) const {
        const std::int64_t firstRow = static_cast<std::int64_t>(block) * map_.blockRows();
        const std::int64_t rows = std::min(map_.blockRows(), map_.rowsOut() - firstRow);
        for (std::size_t p = 0; p < conv_.panels().size(); ++p) {
            const auto& panel = conv_.panels()[p];
            const auto& kernel = *panel.kernel;
            sums.resize(static_cast<std::size_t>(rows * kernel.columns * kernel.fold));
            multiply(block, panel, rows, sums.data());
            if (projection_.conv) {
                project(projection_.conv->panels()[p], firstRow, rows, sums.data());
            }
            ConstRows residual = residual_;
            if (residual.data) {
                residual.data += firstRow * residual.stride + panel.firstColumn;
            }
            kernel.finish(
                sums.data(),
                rows,
                panel.columns,
                {conv_.scale(panel), bias_.data() + panel.firstColumn, residual, relu_},
                {out_.data + firstRow * out_.stride + panel.firstColumn, out_.stride}
            );
        }
    }

  private:
    /// Sums of one panel. An offset that reaches every row (the centre) starts them; without one
    /// they start at zero.
    void multiply(std::size_t block, const Panel& panel, std::int64_t rows, float* sums) const {
        const auto& kernel = *panel.kernel;
        const ConstRows in = rowsOf(input_);
        int first = 0;
        while (first < conv_.volume() && map_.pairsOf(block, first).count < rows) {
            ++first;
        }
        if (first == conv_.volume()) {
            std::fill_n(sums, rows * kernel.columns * kernel.fold, 0.0F);
        } else {
            kernel.begin(
                in, map_.pairsOf(block, first), conv_.weights(panel, first), panel.steps, sums
            );
        }
        for (int offset = 0; offset < conv_.volume(); ++offset) {
            fetchOutput(block, panel, rows, offset);
            const auto pairs = map_.pairsOf(block, offset);
            if (pairs.count > 0 && offset != first) {
                kernel.accumulate(in, pairs, conv_.weights(panel, offset), panel.steps, sums);
            }
        }
    }

    /// Asks for one share of the output rows, so that they have arrived when the sums are done.
    void fetchOutput(std::size_t block, const Panel& panel, std::int64_t rows, int share) const {
        constexpr std::int64_t kLine = 16; // floats of a cache line
        const std::int64_t begin = rows * share / conv_.volume();
        const std::int64_t end = rows * (share + 1) / conv_.volume();
        const float* row =
            out_.data + panel.firstColumn +
            (static_cast<std::int64_t>(block) * map_.blockRows() + begin) * out_.stride;
        for (std::int64_t r = begin; r < end; ++r, row += out_.stride) {
            for (std::int64_t c = 0; c < panel.columns; c += kLine) {
                __builtin_prefetch(row + c, 1);
            }
        }
    }

    void project(const Panel& panel, std::int64_t firstRow, std::int64_t rows, float* sums) const {
        ConstRows in = rowsOf(projection_.input);
        in.data += firstRow * in.stride;
        panel.kernel->accumulate(
            in,
            {everyRow_.data(), everyRow_.data(), rows},
            projection_.conv->weights(panel, 0),
            panel.steps,
            sums
        );
    }

    const BlockedKernelMap& map_;
    const PackedConv& conv_;
    bool relu_;
    torch::Tensor input_; ///< encoded
    Projection projection_;
    ConstRows residual_;
    Rows out_;
    std::vector<float> bias_;
    std::vector<std::int32_t> everyRow_; ///< 0, 1, 2 ...
};

class CpuOps final : public SparseOps {
  public:
    explicit CpuOps(Precision precision) : precision_(precision) {
        selectMatrixKernels(precision); // refuses what this processor cannot do
    }

    std::string name() const override { return "cpu"; }

    std::string description() const override {
        const int threads = threadCount();
        const int frames = sideBySideCount();
        return fmt::format(
            "cpu ({}{}, {}{} thread{}{})",
            selectMatrixKernels(precision_).name,
            precision_ == Precision::Float32 ? "" : fmt::format(" {}", toString(precision_)),
            frames > 1 ? fmt::format("{} frames side by side, ", frames) : "",
            threads,
            threads == 1 ? "" : "s",
            frames > 1 ? " each" : ""
        );
    }

    Precision precision() const override { return precision_; }

    std::shared_ptr<const SparseOps> inPrecision(Precision precision) const override {
        return std::make_shared<CpuOps>(precision);
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
        return std::make_shared<CpuConv>(precision_, weight, bias, activation);
    }

    torch::Tensor convolve(
        const torch::Tensor& features,
        const KernelMap& map,
        const PreparedConv& conv,
        const Shortcut& shortcut,
        const torch::Tensor& out
    ) const override {
        return run({features, map, conv, shortcut, out}, false);
    }

    torch::Tensor calibrate(
        const torch::Tensor& features,
        const KernelMap& map,
        const PreparedConv& conv,
        const Shortcut& shortcut,
        const torch::Tensor& out
    ) const override {
        return run({features, map, conv, shortcut, out}, precision_ == Precision::Int8);
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

    torch::Tensor featureGradient(
        const torch::Tensor& outGradient, const KernelMap& map, const torch::Tensor& weight
    ) const override {
        const auto& blocked = dynamic_cast<const BlockedKernelMap&>(map);
        const auto* back = blocked.mirrored() ? &blocked : blocked.transposed();
        if (!back) {
            return SparseOps::featureGradient(outGradient, map, weight);
        }
        const auto ordered = blocked.mirrored() ? weight.flip(0) : weight;
        const auto conv = prepare(ordered.transpose(1, 2), {}, Activation::None);
        return convolve(outGradient, *back, *conv, {}, {});
    }

    torch::Tensor weightGradient(
        const torch::Tensor& features, const KernelMap& map, const torch::Tensor& outGradient
    ) const override {
        return cpu::weightGradient(
            features, dynamic_cast<const BlockedKernelMap&>(map), outGradient
        );
    }

    torch::Tensor pointsToVoxelsGradient(
        const torch::Tensor& voxelGradient, const PointVoxelMap& map
    ) const override {
        return shareAmongPoints(voxelGradient, map);
    }

    torch::Tensor voxelsToPointsGradient(
        const torch::Tensor& pointGradient, const PointVoxelMap& map
    ) const override {
        return scatterToVoxels(pointGradient, map);
    }

  private:
    struct Call {
        const torch::Tensor& features;
        const KernelMap& map;
        const PreparedConv& conv;
        const Shortcut& shortcut;
        const torch::Tensor& out;
    };

    torch::Tensor run(const Call& call, bool calibrating) const {
        requireConvolution(call.features, call.map, call.conv, call.shortcut, call.out);
        const auto& map = dynamic_cast<const BlockedKernelMap&>(call.map);
        const auto& packed = weightsOf(call.conv, call.features, calibrating);
        Projection projection;
        torch::Tensor residual = call.shortcut.features;
        if (const auto* through = call.shortcut.projection) {
            if (precision_ == Precision::Int8) { // integer sums of two scales cannot be added
                residual = projected(*through, residual, calibrating);
            } else {
                projection.conv = &weightsOf(*through, residual, false);
                projection.input = projection.conv->encode(residual);
                residual.reset();
            }
        }
        auto result = call.out.defined()
                          ? call.out
                          : torch::empty({map.rowsOut(), call.conv.channelsOut()}, torch::kFloat32);
        const ConvolutionTask task(
            map,
            packed,
            call.conv.activation() == Activation::Relu,
            call.features,
            residual,
            std::move(projection),
            result
        );
        parallelFor(map.blockCount(), 1, [&task](std::int64_t begin, std::int64_t end) {
            thread_local std::vector<float> sums;
            for (std::int64_t block = begin; block < end; ++block) {
                task.computeBlock(static_cast<std::size_t>(block), sums);
            }
        });
        return result;
    }

    static const PackedConv&
    weightsOf(const PreparedConv& conv, const torch::Tensor& features, bool calibrating) {
        const auto& cpuConv = dynamic_cast<const CpuConv&>(conv);
        if (!calibrating) {
            return cpuConv.packed();
        }
        cpuConv.observe(features);
        return cpuConv.exact();
    }

    torch::Tensor
    projected(const PreparedConv& conv, const torch::Tensor& features, bool calibrating) const {
        const auto rows = identityMap(features.size(0));
        return run({features, *rows, conv, Shortcut(), torch::Tensor()}, calibrating);
    }

    Precision precision_;
};

} // namespace

std::shared_ptr<const SparseOps> makeCpuOps(Precision precision) {
    return std::make_shared<CpuOps>(precision);
}

} // namespace siskin
