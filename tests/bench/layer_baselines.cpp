// SPDX-License-Identifier: MIT
#include "tests/bench/layer_baselines.hpp"

#include "tests/bench/statistics.hpp"

#include <torch/torch.h>

#include <array>
#include <functional>

#if SISKIN_HAS_OPEN3D
#include <open3d/ml/impl/sparse_conv/SparseConv.h>
#endif

namespace siskin::bench {

namespace {

double medianSeconds(int runs, const std::function<void()>& work) {
    std::vector<double> times;
    for (int run = 0; run < runs; ++run) {
        times.push_back(secondsOf(work));
    }
    return percentile(std::move(times), 0.5);
}

KernelMapPtr mapOf(const Span& layer, const Levels& levels) {
    const auto fits = [&layer](const KernelMapPtr& map) {
        return map->rowsIn() == layer.rowsIn && map->rowsOut() == layer.rowsOut &&
               map->pairCount() == layer.pairs;
    };
    for (std::size_t i = 0; i < kLevels; ++i) {
        if (fits(levels.neighbours[i])) {
            return levels.neighbours[i];
        }
        if (i + 1 < kLevels) {
            for (const auto& map : {levels.down[i], levels.up[i]}) {
                if (fits(map)) {
                    return map;
                }
            }
        }
    }
    return nullptr;
}

#if SISKIN_HAS_OPEN3D
double timeOpen3d(
    const KernelMap& map, const torch::Tensor& features, const torch::Tensor& weight, int runs
) {
    const auto pairs = map.pairs();
    const auto sorted = pairs.index_select(0, pairs.select(1, 2).argsort(true, 0));
    const auto in = sorted.select(1, 1).to(torch::kInt32).contiguous();
    const auto kernel = sorted.select(1, 0).to(torch::kInt16).contiguous();
    const auto counts = torch::bincount(sorted.select(1, 2), {}, map.rowsOut());
    const auto splits =
        torch::cat({torch::zeros({1}, torch::kInt64), counts.cumsum(0)}).contiguous();
    auto out = torch::empty({map.rowsOut(), weight.size(2)});
    const std::vector<int> dims = {
        static_cast<int>(weight.size(0)),
        static_cast<int>(weight.size(1)),
        static_cast<int>(weight.size(2))};
    return medianSeconds(runs, [&] {
        open3d::ml::impl::SparseConvComputeFeaturesCPU<float, float, std::int32_t, std::int16_t>(
            out.data_ptr<float>(),
            dims,
            weight.data_ptr<float>(),
            static_cast<std::size_t>(map.rowsOut()),
            static_cast<std::size_t>(map.rowsIn()),
            features.data_ptr<float>(),
            nullptr,
            static_cast<std::size_t>(in.numel()),
            in.data_ptr<std::int32_t>(),
            kernel.data_ptr<std::int16_t>(),
            nullptr,
            splits.data_ptr<std::int64_t>(),
            false
        );
    });
}
#endif

/// What an engine without kernels of its own does: one gather, product and scatter per offset.
double timeLibtorch(
    const KernelMap& map, const torch::Tensor& features, const torch::Tensor& weight, int runs
) {
    const auto pairs = map.pairs();
    std::vector<std::array<torch::Tensor, 2>> rows;
    for (int k = 0; k < map.volume(); ++k) {
        const auto mine = pairs.index({pairs.select(1, 0) == k});
        rows.push_back({mine.select(1, 1).contiguous(), mine.select(1, 2).contiguous()});
    }
    return medianSeconds(runs, [&] {
        auto out = torch::zeros({map.rowsOut(), weight.size(2)});
        for (int k = 0; k < map.volume(); ++k) {
            const auto& [in, to] = rows[static_cast<std::size_t>(k)];
            out.index_add_(0, to, torch::mm(features.index_select(0, in), weight[k]));
        }
    });
}

} // namespace

Levels levelsOf(const VoxelSet& voxels) {
    const auto ops = makeCpuOps();
    TraceRecorder trace;
    return buildLevels({*ops, trace, {}, {}}, voxels);
}

std::optional<BaselineTimes> timeBaselines(const Span& layer, const Levels& levels, int runs) {
    const torch::NoGradGuard noGrad;
    const auto map = layer.kind == SpanKind::Convolution ? mapOf(layer, levels) : nullptr;
    if (!map) {
        return std::nullopt;
    }
    const auto features = torch::rand({map->rowsIn(), layer.channelsIn});
    const auto weight = torch::rand({map->volume(), layer.channelsIn, layer.channelsOut});
    BaselineTimes times;
#if SISKIN_HAS_OPEN3D
    times.open3d = timeOpen3d(*map, features, weight, runs);
#endif
    times.libtorch = timeLibtorch(*map, features, weight, runs);
    return times;
}

} // namespace siskin::bench
