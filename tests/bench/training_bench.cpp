// SPDX-License-Identifier: MIT
// One training step (forward, loss, backward) of each network on one synthetic street scan: the
// fast gradients of the cpu core beside those that go through the reference operations, in one run.
// Arguments: implementation (0 cpu, 1 reference), network (0 MinkUNet, 1 SPVCNN), width in percent.
#include "core/base/resources.hpp"
#include "core/models/scan_input.hpp"
#include "core/train/trainable_network.hpp"
#include "datasets/open.hpp"

#include <benchmark/benchmark.h>
#include <torch/nn/functional.h>

namespace {

using namespace siskin;

constexpr float kVoxelSize = 0.1F;
constexpr std::int64_t kClasses = 19;

const PreparedScan& street() {
    static const PreparedScan prepared = [] {
        TraceRecorder unused;
        const auto scan = openDataset("demo:street")->read(0);
        return prepareScan(*makeCpuOps(), *scan, kVoxelSize, unused);
    }();
    return prepared;
}

void trainingStep(benchmark::State& state) {
    const auto ops = state.range(0) == 0 ? makeCpuOps() : makeReferenceOps();
    const NetworkPlan plan{
        .kind = state.range(1) == 0 ? ModelKind::MinkUNet : ModelKind::Spvcnn,
        .width = static_cast<double>(state.range(2)) / 100.0,
        .classes = kClasses,
        .voxelSize = kVoxelSize};
    const auto& input = street().input;
    // Any labels do: the work is the same.
    const auto labels =
        torch::remainder(input.voxels.coords.select(1, 3), kClasses).to(torch::kInt64);
    auto network = TrainableNetwork::create(plan, ops, 1);
    for (auto _ : state) {
        torch::nn::functional::cross_entropy(network->forward(input, true), labels).backward();
    }
    state.SetLabel(ops->description() + ", " + std::string(titleOf(plan.kind)));
}

} // namespace

BENCHMARK(trainingStep)
    ->ArgsProduct({{0, 1}, {0, 1}, {25}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

BENCHMARK_MAIN();
