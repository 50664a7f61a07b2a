// SPDX-License-Identifier: MIT
// The operators of point-voxel networks one by one at the sizes of models.md 5.2-5.4, `cpu` beside
// `reference` in one run. Convolutions are shown in GFLOP/s beside the rate of a large one, which
// is what this process can reach.
#include "core/base/parallel.hpp"
#include "core/points/point_ops.hpp"

#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>

namespace {

using namespace siskin;
using torch::Tensor;

std::shared_ptr<const PointOps> opsNamed(std::int64_t index) {
    return index == 0 ? makeCpuPointOps() : makeReferencePointOps();
}

/// Points on a few walls, as rooms and shapes have them: (clouds, 3, points).
Tensor surfaces(std::int64_t clouds, std::int64_t points) {
    torch::manual_seed(1);
    auto coords = torch::rand({clouds, 3, points}) * 1.5;
    const auto wall = torch::randint(0, 6, {clouds, points});
    for (std::int64_t axis = 0; axis < 3; ++axis) {
        auto row = coords.select(1, axis);
        row.masked_fill_(wall == 2 * axis, 0.0F).masked_fill_(wall == 2 * axis + 1, 1.5F);
    }
    return coords;
}

Tensor channelsLast(const Tensor& tensor) {
    return tensor.movedim(1, -1).contiguous().movedim(-1, 1);
}

/// Runs `body` under the benchmark; argument 0 picks the implementation.
template <typename Body>
void measure(benchmark::State& state, const PointOps& ops, Body body) {
    const torch::InferenceMode inference;
    for (auto _ : state) {
        benchmark::DoNotOptimize(body());
    }
    state.SetLabel(ops.description());
}

void place(benchmark::State& state) {
    const auto ops = opsNamed(state.range(0));
    const auto coords = surfaces(1, state.range(1));
    measure(state, *ops, [&] { return ops->placeInGrid(coords, 32, CloudScale::UnitBall); });
}

struct Grid {
    GridPlacement placement;
    Tensor features;
    Tensor values;
};

/// Arguments 1..3: points, channels, resolution.
Grid makeGrid(const benchmark::State& state, const PointOps& ops) {
    Grid grid;
    const auto coords = surfaces(1, state.range(1));
    const auto r = static_cast<int>(state.range(3));
    grid.placement = ops.placeInGrid(coords, r, CloudScale::UnitBall);
    grid.features = torch::randn({1, state.range(2), state.range(1)});
    if (ops.name() == "cpu") {
        grid.features = channelsLast(grid.features);
    }
    grid.values = ops.voxelize(grid.features, grid.placement);
    return grid;
}

void voxelize(benchmark::State& state) {
    const auto ops = opsNamed(state.range(0));
    const auto grid = makeGrid(state, *ops);
    measure(state, *ops, [&] { return ops->voxelize(grid.features, grid.placement); });
}

void devoxelize(benchmark::State& state) {
    const auto ops = opsNamed(state.range(0));
    const auto grid = makeGrid(state, *ops);
    measure(state, *ops, [&] {
        return ops->devoxelize(grid.values, grid.placement, {}, grid.features);
    });
}

void channelMeans(benchmark::State& state) {
    const auto ops = opsNamed(state.range(0));
    const auto grid = makeGrid(state, *ops);
    measure(state, *ops, [&] { return ops->channelMeans(grid.values); });
}

/// Arguments 1..3: channels in, channels out, resolution.
void convolution(benchmark::State& state) {
    const auto ops = opsNamed(state.range(0));
    const std::int64_t in = state.range(1);
    const std::int64_t out = state.range(2);
    const std::int64_t r = state.range(3);
    at::set_num_threads(threadCount());
    auto grid = torch::randn({1, in, r, r, r});
    if (ops->name() == "cpu") {
        grid = channelsLast(grid);
    }
    const auto conv = ops->prepareConv(torch::randn({out, in, 3, 3, 3}), torch::randn({out}), 0.1F);
    measure(state, *ops, [&] { return ops->convolve(grid, *conv); });
    state.counters["GFLOP/s"] = benchmark::Counter(
        2e-9 * 27.0 * static_cast<double>(r * r * r * in * out),
        benchmark::Counter::kIsIterationInvariantRate
    );
}

/// Arguments 1, 2: points, chosen points.
void furthestPoints(benchmark::State& state) {
    const auto ops = opsNamed(state.range(0));
    const auto coords = surfaces(1, state.range(1));
    measure(state, *ops, [&] { return ops->furthestPoints(coords, state.range(2)); });
}

void ballNeighbours(benchmark::State& state) {
    const auto ops = opsNamed(state.range(0));
    const auto coords = surfaces(1, state.range(1));
    const auto centres = coords.narrow(2, 0, state.range(2));
    measure(state, *ops, [&] { return ops->ballNeighbours(coords, centres, 0.1F, 32); });
}

/// Arguments 1, 2: points, dimensions; k = 20 as in DGCNN.
void nearestNeighbours(benchmark::State& state) {
    const auto ops = opsNamed(state.range(0));
    const auto points = state.range(2) == 3 ? surfaces(1, state.range(1))
                                            : torch::randn({1, state.range(2), state.range(1)});
    measure(state, *ops, [&] { return ops->nearestNeighbours(points, points, 20); });
}

void threeNearest(benchmark::State& state) {
    const auto ops = opsNamed(state.range(0));
    const auto coords = surfaces(1, state.range(1));
    const auto centres = coords.narrow(2, 0, state.range(2));
    measure(state, *ops, [&] { return ops->threeNearest(centres, coords); });
}

void interpolate(benchmark::State& state) {
    const auto ops = opsNamed(state.range(0));
    const auto coords = surfaces(1, state.range(1));
    const auto three = ops->threeNearest(coords.narrow(2, 0, state.range(2)), coords);
    const auto features = channelsLast(torch::randn({1, 128, state.range(2)}));
    measure(state, *ops, [&] { return ops->interpolate(features, three); });
}

/// Arguments 1, 2: points, centres; 32 neighbours, 64 channels.
void groupAround(benchmark::State& state) {
    const auto ops = opsNamed(state.range(0));
    const auto coords = surfaces(1, state.range(1));
    const auto centres = coords.narrow(2, 0, state.range(2));
    const auto features = channelsLast(torch::randn({1, 64, state.range(1)}));
    const auto index = ops->ballNeighbours(coords, centres, 0.1F, 32);
    measure(state, *ops, [&] { return ops->groupAround(coords, centres, features, index); });
}

using Sizes = std::vector<std::vector<std::int64_t>>;

/// Every size with both implementations, `cpu` (0) first.
void sizes(benchmark::internal::Benchmark* benchmark, const Sizes& list) {
    for (const auto& size : list) {
        for (const std::int64_t implementation : {0, 1}) {
            std::vector<std::int64_t> arguments = {implementation};
            arguments.insert(arguments.end(), size.begin(), size.end());
            benchmark->Args(arguments);
        }
    }
    benchmark->Unit(benchmark::kMillisecond)->UseRealTime();
}

void registerSizes(const char* name, void (*function)(benchmark::State&), const Sizes& list) {
    sizes(benchmark::RegisterBenchmark(name, function), list);
}

} // namespace

int main(int argc, char** argv) {
    const Sizes grids = {{2048, 64, 32}, {2048, 128, 16}, {4096, 64, 32}, {8192, 32, 32}};
    registerSizes("place", place, {{2048}, {8192}});
    registerSizes("voxelize", voxelize, grids);
    registerSizes("devoxelize", devoxelize, grids);
    registerSizes("channelMeans", channelMeans, grids);
    registerSizes(
        "convolution",
        convolution,
        {{64, 64, 32}, {128, 128, 16}, {9, 64, 32}, {16, 16, 32}, {128, 128, 8}, {256, 256, 24}}
    );
    registerSizes("furthestPoints", furthestPoints, {{2048, 512}, {8192, 1024}});
    registerSizes("ballNeighbours", ballNeighbours, {{2048, 512}, {8192, 1024}});
    registerSizes("nearestNeighbours", nearestNeighbours, {{2048, 3}, {4096, 3}, {4096, 64}});
    registerSizes("threeNearest", threeNearest, {{2048, 512}, {8192, 1024}});
    registerSizes("interpolate", interpolate, {{2048, 512}, {8192, 1024}});
    registerSizes("groupAround", groupAround, {{2048, 512}, {8192, 1024}});
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
