// SPDX-License-Identifier: MIT
// The operations of the sparse core one by one, each implementation on the same synthetic street,
// so that ratios come from one run. Other people's kernels: network_bench --baselines.
#include "core/base/resources.hpp"
#include "core/sparse/sparse_ops.hpp"
#include "datasets/open.hpp"

#include <benchmark/benchmark.h>

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

BENCHMARK(submanifoldMap)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(coarsen)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(convolution)
    ->ArgsProduct({{0, 1}, {8, 32, 96}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

} // namespace

BENCHMARK_MAIN();
