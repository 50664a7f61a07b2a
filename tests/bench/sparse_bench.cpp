// SPDX-License-Identifier: MIT
// The operations of the sparse core one by one, each implementation on the same synthetic street,
// so that ratios come from one run. Open3D's header kernel (Eigen, TBB) is the outside yardstick.
#include "core/base/resources.hpp"
#include "core/sparse/sparse_ops.hpp"
#include "datasets/open.hpp"

#if SISKIN_HAS_OPEN3D
#include <open3d/ml/impl/sparse_conv/SparseConv.h>
#endif

#include <benchmark/benchmark.h>

#include <numeric>

namespace {

using namespace siskin;

const VoxelSet& street() {
    static const VoxelSet voxels = [] {
        const auto classes = std::make_shared<ClassMap>(
            ClassMap::fromJsonFile(resourcePath("classmaps/semantickitti-spvnas.json"))
        );
        const auto scan = openDataset("demo:street", classes)->read(0);
        auto* data = const_cast<float*>(scan->positions.front().data());
        const auto positions =
            torch::from_blob(data, {static_cast<std::int64_t>(scan->pointCount()), 3});
        return makeCpuOps()->quantize(positions, 0.05F).voxels;
    }();
    return voxels;
}

std::shared_ptr<const SparseOps> opsNamed(std::int64_t index) {
    return index == 0 ? makeCpuOps() : makeReferenceOps();
}

struct Layer {
    KernelMapPtr map;
    torch::Tensor features;
    torch::Tensor weight;
};

Layer makeLayer(const SparseOps& ops, std::int64_t channels) {
    const torch::NoGradGuard noGrad;
    Layer layer;
    layer.map = ops.submanifoldMap(street(), 3);
    layer.features = torch::rand({street().size(), channels});
    layer.weight = torch::rand({27, channels, channels});
    return layer;
}

void countMacs(benchmark::State& state, const Layer& layer) {
    const auto channels = static_cast<double>(layer.features.size(1));
    state.counters["GMAC/s"] = benchmark::Counter(
        static_cast<double>(layer.map->pairCount()) * channels * channels * 1e-9,
        benchmark::Counter::kIsIterationInvariantRate
    );
}

void submanifoldMap(benchmark::State& state) {
    const auto ops = opsNamed(state.range(0));
    for (auto _ : state) {
        benchmark::DoNotOptimize(ops->submanifoldMap(street(), 3));
    }
    state.SetLabel(ops->description());
}

void coarsen(benchmark::State& state) {
    const auto ops = opsNamed(state.range(0));
    for (auto _ : state) {
        benchmark::DoNotOptimize(ops->coarsen(street()));
    }
    state.SetLabel(ops->description());
}

void convolution(benchmark::State& state) {
    const torch::NoGradGuard noGrad;
    const auto ops = opsNamed(state.range(0));
    const auto layer = makeLayer(*ops, state.range(1));
    const auto conv = ops->prepare(layer.weight, {}, Activation::None);
    for (auto _ : state) {
        benchmark::DoNotOptimize(ops->convolve(layer.features, *layer.map, *conv));
    }
    countMacs(state, layer);
    state.SetLabel(ops->description());
}

#if SISKIN_HAS_OPEN3D
void convolutionOpen3d(benchmark::State& state) {
    const auto layer = makeLayer(*makeCpuOps(), state.range(0));
    const auto order = layer.map->pairs().select(1, 2).argsort(true, 0);
    const auto sorted = layer.map->pairs().index_select(0, order);
    const auto in = sorted.select(1, 1).to(torch::kInt32).contiguous();
    const auto kernel = sorted.select(1, 0).to(torch::kInt16).contiguous();
    const auto counts = torch::bincount(sorted.select(1, 2), {}, street().size());
    const auto splits =
        torch::cat({torch::zeros({1}, torch::kInt64), counts.cumsum(0)}).contiguous();
    auto out = torch::empty_like(layer.features);
    const int channels = static_cast<int>(state.range(0));
    const std::vector<int> dims = {27, channels, channels};
    const auto rows = static_cast<std::size_t>(street().size());
    for (auto _ : state) {
        open3d::ml::impl::SparseConvComputeFeaturesCPU<float, float, std::int32_t, std::int16_t>(
            out.data_ptr<float>(),
            dims,
            layer.weight.data_ptr<float>(),
            rows,
            rows,
            layer.features.data_ptr<float>(),
            nullptr,
            static_cast<std::size_t>(in.numel()),
            in.data_ptr<std::int32_t>(),
            kernel.data_ptr<std::int16_t>(),
            nullptr,
            splits.data_ptr<std::int64_t>(),
            false
        );
        benchmark::ClobberMemory();
    }
    countMacs(state, layer);
    state.SetLabel("Open3D header kernel");
}

BENCHMARK(convolutionOpen3d)
    ->Arg(8)
    ->Arg(32)
    ->Arg(96)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
#endif

BENCHMARK(submanifoldMap)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(coarsen)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(convolution)
    ->ArgsProduct({{0, 1}, {8, 32, 96}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

} // namespace

BENCHMARK_MAIN();
